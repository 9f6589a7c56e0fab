// A model as a struct, an optimizer, a training loop: 1,437 handwritten digits, learned in a blink.
import Descent

struct Network: UnaryModule {
  let hidden = Linear(64, 128)
  let output = Linear(128, 10)
  func callAsFunction(_ x: Tensor) -> Tensor { output(relu(hidden(x))) }
}

let digits = try Digits.load().split(validation: 0, test: 0.2, seed: 0)
let network = Network()
try network.initialize(seed: 0)
let updater = try Updater(AdamW(learningRate: 1e-3), parameters: network.trainableVariables)
let step = compile { (x: Tensor, y: Tensor) in
  let loss = crossEntropy(network(x), labels: y)
  updater.minimize(loss)
  return loss
}
for epoch in 0..<30 {
  for batch in digits.train.batches(of: 32, seed: 0, epoch: epoch) { _ = try step(batch.features, batch.targets) }
}
let test = digits.test
print("test accuracy", try accuracy(network(test.featureTensor), labels: test.targetTensor).scalar())
