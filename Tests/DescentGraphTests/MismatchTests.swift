import DescentRuntime
import DescentGraph
import Testing

/// Mistakes in a model stop the program with a message that names the op and the shapes.
@Suite struct MismatchTests {
  enum Mismatch: String, CaseIterable, Codable, Sendable {
    case add, addDTypes, addBool, matmul, matmulRank, matmulBatch, concatenateExtents, concatenateDTypes,
      concatenateNothing
    case reshape, reshapeUnknown, select, selectCondition, scatterAdd, scatterAddAxis, gatherIndices, gatherFromNothing
    case dotContracting, dotBatch, dotDTypes, broadcast, broadcastAxes, transpose, slice, pad, padFill, reverse
    case reduceAxis, reduceAxisTwice, maximumOfNothing, argmaxBool, expOfIntegers, gradientOfVector, constantCount
    case negativeExtent, randomBitsType, iotaOfScalar, variableUpdate
    case convolutionChannels, convolutionGroups, convolutionOutputs, convolutionWindow, convolutionRank,
      convolutionDTypes, convolutionStrides, convolutionPadding, convolutionCotangent, outputPadding
    case windows, windowAxes, foldWindows, pool, poolDTypes, averageOfPadding, reflection
    case argsortAxis, argsortBool, cumulativeSumAxis, topK, takingAlong, takingAlongIndices, takingAlongNothing
    case lowerTriangle, einsumLetter, einsumOperands, einsumRank, einsumExtents, einsumResult, einsumTwice
    case einsumArrow, einsumEllipsis
    case expanded, elementCount, byteCount, storageIndex, storageSet, storageInteger, filledInteger, paddingInteger
    case iotaTooLong, argmaxTooLong, shift, sliceOfNothing
    case attentionShapes, attentionDTypes, attentionRank, attentionWithoutKeys, attentionGradientShapes

    /// What the message must contain.
    var fragments: [String] {
      switch self {
      case .add: ["add", "[2, 3]", "[2, 4]"]
      case .addDTypes: ["add", "f32[2]", "i32[2]", "cast"]
      case .addBool: ["add", "bool[2]", "cast"]
      case .matmul: ["matmul", "[2, 3]", "[4, 5]"]
      case .matmulRank: ["matmul", "[2, 3]", "[3]"]
      case .matmulBatch: ["matmul", "[2, 4, 3]", "[5, 3, 4]"]
      case .concatenateExtents: ["concatenate", "f32[2, 3]", "f32[3, 3]", "axis 1"]
      case .concatenateDTypes: ["concatenate", "f32[2]", "f64[2]"]
      case .concatenateNothing: ["concatenate", "nothing"]
      case .reshape: ["reshape", "[2, 3]", "6", "[4, 2]", "8"]
      case .reshapeUnknown: ["reshape", "[2, 3]", "[4, -1]"]
      case .select: ["select", "[2]", "[3]"]
      case .selectCondition: ["select", "f32[2]", "bool"]
      case .scatterAdd: ["scatterAdd", "f32[3, 4]", "f32[5, 4]", "f32[2, 4]"]
      case .scatterAddAxis: ["scatterAdd", "axis 2", "[5, 4]"]
      case .gatherIndices: ["gather", "f32[2]", "cast"]
      case .gatherFromNothing: ["gather", "[0, 3]", "[2]"]
      case .dotContracting: ["dot", "[2, 3]", "[4, 5]"]
      case .dotBatch: ["dot", "[2, 3]", "[4, 3]", "batch"]
      case .dotDTypes: ["dot", "f32[3]", "i32[3]", "cast"]
      case .broadcast: ["broadcast", "[2, 3]", "[4, 3]"]
      case .broadcastAxes: ["broadcast", "[2, 3]", "[2, 3, 4]", "[1, 0]"]
      case .transpose: ["transpose", "[0, 0]", "[2, 3]"]
      case .slice: ["slice", "[0, 2]", "[2, 4]", "[2, 3]"]
      case .pad: ["pad", "[1]", "[2, 3]"]
      case .padFill: ["pad", "f64[]", "f32"]
      case .reverse: ["reverse", "axis 2", "[2, 3]"]
      case .reduceAxis: ["reduce.sum", "axis 2", "[2, 3]"]
      case .reduceAxisTwice: ["reduce.maximum", "[0, -2]", "[2, 3]", "twice"]
      case .maximumOfNothing: ["reduce.maximum", "[2, 0]", "empty"]
      case .argmaxBool: ["argmax", "bool[2, 3]"]
      case .expOfIntegers: ["exp", "i32[2]", "cast"]
      case .gradientOfVector: ["gradients", "f32[2]", "scalar"]
      case .constantCount: ["3 scalars", "[2, 2]", "4"]
      case .negativeExtent: ["negative", "-1"]
      case .randomBitsType: ["randomBits", "f32"]
      case .iotaOfScalar: ["iota", "axis 0", "[]"]
      case .variableUpdate: ["variable weight", "f32[2]", "f32[3]"]
      case .convolutionChannels: ["convolution", "[1, 3, 8, 8]", "3 channels", "[4, 2, 3, 3]", "takes 2"]
      case .convolutionGroups: ["convolution", "3 channels", "2 groups"]
      case .convolutionOutputs: ["convolution", "5 outputs", "2 groups"]
      case .convolutionWindow: ["convolution", "[4, 3, 3, 5]", "larger", "[1, 3, 8, 2]", "[0, 1]", "axis 1"]
      case .convolutionRank: ["convolution", "[1, 3, 8]", "[4, 3, 3, 3]", "spatial axes"]
      case .convolutionDTypes: ["convolution", "f32[1, 3, 8]", "f64[4, 3, 3]", "cast"]
      case .convolutionStrides: ["convolution", "[1, 3, 8, 8]", "strides [2]"]
      case .convolutionPadding: ["convolution", "padding [-1]", "negative"]
      case .convolutionCotangent: ["convolutionInputGradient", "[1, 3, 8]", "[1, 4, 5]", "[1, 4, 6]"]
      case .outputPadding: ["transposedConvolution", "[2]", "strides [2]"]
      case .windows: ["windows", "sizes [3]", "dilations [2]", "[2, 4]"]
      case .windowAxes: ["windows", "sizes [1, 1]", "[4]"]
      case .pool: ["maxPool", "sizes [2, 2]", "strides [2]", "[3, 8, 8]"]
      case .poolDTypes: ["averagePool", "i32[8]", "cast"]
      case .averageOfPadding: ["averagePool", "[4]", "padding only"]
      case .reflection: ["padded", "[2, 3]", "axis 1", "reflect", "3"]
      case .foldWindows: ["foldWindows", "[5]", "[2, 2]", "[4, 2]"]
      case .argsortAxis: ["argsort", "axis 2", "[2, 3]"]
      case .argsortBool: ["argsort", "bool[2]", "cast"]
      case .cumulativeSumAxis: ["cumulativeSum", "axis -3", "[2, 3]"]
      case .topK: ["topK", "axis 1", "[2, 3]", "4"]
      case .takingAlong: ["takingAlong", "[2, 3]", "[3, 3]", "axis 1"]
      case .takingAlongIndices: ["takingAlong", "f32", "cast"]
      case .takingAlongNothing: ["takingAlong", "[2, 0]", "[2, 1]", "axis 1"]
      case .lowerTriangle: ["lowerTriangle", "[3]"]
      case .einsumLetter: ["einsum", "ij,j1->i1", "\"1\"", "position 5"]
      case .einsumOperands: ["einsum", "ij->ij", "1 terms", "2 operands"]
      case .einsumRank: ["einsum", "ij,ijk->ik", "term 2", "position 4", "[2, 3]"]
      case .einsumExtents: ["einsum", "ij,jk->ik", "\"j\"", "position 4", "[4, 5]", "3"]
      case .einsumResult: ["einsum", "ij->k", "\"k\"", "position 5"]
      case .einsumTwice: ["einsum", "ij->ii", "\"i\"", "position 6", "twice"]
      case .einsumArrow: ["einsum", "ij->i->j", "arrow", "position 6"]
      case .einsumEllipsis: ["einsum", "ellipsis", "[2, 3]", "[4, 3]"]
      case .expanded: ["expanded", "axis 5", "[2, 3]"]
      case .elementCount: ["[1099511627776, 1099511627776]", "elements"]
      case .byteCount: ["f64[2305843009213693952]", "bytes"]
      case .storageIndex: ["element 6", "[2, 3]", "6"]
      case .storageSet: ["element -1", "[2, 3]"]
      case .storageInteger: ["300", "u8[2]"]
      case .filledInteger: ["0.5", "i32[2]"]
      case .paddingInteger: ["0.5", "i32"]
      case .iotaTooLong: ["iota", "u8", "256", "[257]"]
      case .argmaxTooLong: ["argmax", "axis 0", "[4294967296]"]
      case .shift: ["shiftedLeft", "-1"]
      case .sliceOfNothing: ["slice", "[2, 3]"]
      case .attentionShapes: ["attention", "f32[2, 3, 1, 4]", "f32[2, 3, 1, 5]", "[batch, time, heads, width]"]
      case .attentionDTypes: ["attention", "f32[2, 3, 1, 4]", "f64[2, 3, 1, 4]"]
      case .attentionRank: ["attention", "f32[2, 3, 4]", "[batch, time, heads, width]"]
      case .attentionWithoutKeys: ["attention", "[2, 0, 1, 4]", "key"]
      case .attentionGradientShapes: ["attention", "f32[2, 3, 1, 4]", "f32[2, 3, 4, 1]"]
      }
    }

    func provoke() {
      func zeros(_ shape: Shape, _ dtype: DType = .float32) -> Tensor { .zeros(shape, dtype: dtype) }
      switch self {
      case .add: _ = zeros([2, 3]) + zeros([2, 4])
      case .addDTypes: _ = zeros([2]) + zeros([2], .int32)
      case .addBool: _ = zeros([2], .bool) + zeros([2], .bool)
      case .matmul: _ = DescentGraph.matmul(zeros([2, 3]), zeros([4, 5]))
      case .matmulRank: _ = DescentGraph.matmul(zeros([2, 3]), zeros([3]))
      case .matmulBatch: _ = DescentGraph.matmul(zeros([2, 4, 3]), zeros([5, 3, 4]))
      case .concatenateExtents: _ = concatenate([zeros([2, 3]), zeros([3, 3])], axis: 1)
      case .concatenateDTypes: _ = concatenate([zeros([2]), zeros([2], .float64)])
      case .concatenateNothing: _ = concatenate([])
      case .reshape: _ = zeros([2, 3]).reshaped(Shape([4, 2]))
      case .reshapeUnknown: _ = zeros([2, 3]).reshaped([4, -1] as [Int])
      case .select: _ = DescentGraph.select(zeros([2], .bool), zeros([3]), zeros([3]))
      case .selectCondition: _ = DescentGraph.select(zeros([2]), zeros([2]), zeros([2]))
      case .scatterAdd: _ = zeros([5, 4]).scatterAdding(zeros([2, 4]), at: zeros([3], .int32))
      case .scatterAddAxis: _ = zeros([5, 4]).scatterAdding(zeros([2, 4]), at: zeros([3], .int32), axis: 2)
      case .gatherIndices: _ = zeros([5, 4]).gathering(zeros([2]))
      case .gatherFromNothing: _ = zeros([0, 3]).gathering(zeros([2], .int32))
      case .dotContracting: _ = dot(zeros([2, 3]), zeros([4, 5]), DotAxes(lhsContracting: [1], rhsContracting: [0]))
      case .dotBatch:
        _ = dot(
          zeros([2, 3]), zeros([4, 3]), DotAxes(lhsBatch: [0], rhsBatch: [0], lhsContracting: [1], rhsContracting: [1]))
      case .dotDTypes: _ = dot(zeros([3]), zeros([3], .int32), DotAxes(lhsContracting: [0], rhsContracting: [0]))
      case .broadcast: _ = zeros([2, 3]).broadcast(to: [4, 3])
      case .broadcastAxes:
        _ = Node(.broadcast(axes: [1, 0]), [zeros([2, 3]).node], shape: [2, 3, 4], dtype: .float32)
      case .transpose: _ = zeros([2, 3]).transposed([0, 0])
      case .slice: _ = zeros([2, 3]).sliced(starts: [0, 2], limits: [2, 4])
      case .pad: _ = zeros([2, 3]).padded(low: [1], high: [1])
      case .padFill:
        _ = Node(
          .pad(low: [1], high: [0], interior: [0]), [zeros([2]).node, zeros([], .float64).node], shape: [3],
          dtype: .float32)
      case .reverse: _ = zeros([2, 3]).reversed(axes: [2])
      case .reduceAxis: _ = zeros([2, 3]).sum(axes: [2])
      case .reduceAxisTwice: _ = zeros([2, 3]).max(axes: [0, -2])
      case .maximumOfNothing: _ = zeros([2, 0]).max(axes: [1])
      case .argmaxBool: _ = zeros([2, 3], .bool).argmax()
      case .expOfIntegers: _ = exp(zeros([2], .int32))
      case .gradientOfVector: _ = gradients(of: zeros([2]), withRespectTo: [])
      case .constantCount: _ = Tensor([1.0, 2, 3], shape: [2, 2])
      case .negativeExtent: _ = Shape([2, -1])
      case .randomBitsType: _ = RandomKey(1).words([2], dtype: .float32)
      case .iotaOfScalar: _ = Tensor.iota([])
      case .argsortAxis: _ = zeros([2, 3]).argsorted(axis: 2)
      case .argsortBool: _ = zeros([2], .bool).argsorted()
      case .cumulativeSumAxis: _ = zeros([2, 3]).cumulativeSum(axis: -3)
      case .topK: _ = zeros([2, 3]).topK(4)
      case .takingAlong: _ = zeros([2, 3]).takingAlong(zeros([3, 3], .int32))
      case .takingAlongIndices: _ = zeros([2, 3]).takingAlong(zeros([2, 3]))
      case .takingAlongNothing: _ = zeros([2, 0]).takingAlong(zeros([2, 1], .int32))
      case .lowerTriangle: _ = zeros([3]).lowerTriangle()
      case .einsumLetter: _ = einsum("ij,j1->i1", zeros([2, 3]), zeros([3, 2]))
      case .einsumOperands: _ = einsum("ij->ij", zeros([2, 3]), zeros([2, 3]))
      case .einsumRank: _ = einsum("ij,ijk->ik", zeros([2, 3]), zeros([2, 3]))
      case .einsumExtents: _ = einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5]))
      case .einsumResult: _ = einsum("ij->k", zeros([2, 3]))
      case .einsumTwice: _ = einsum("ij->ii", zeros([2, 3]))
      case .einsumArrow: _ = einsum("ij->i->j", zeros([2, 3]))
      case .einsumEllipsis: _ = einsum("...i,...i->...", zeros([2, 3]), zeros([4, 3]))
      case .expanded: _ = zeros([2, 3]).expanded(axis: 5)
      case .elementCount: _ = (zeros([1 << 40, 1 << 40]) + 1).shape.elementCount
      case .byteCount: _ = Storage(shape: [1 << 61], dtype: .float64)
      case .storageIndex: _ = Storage(shape: [2, 3], dtype: .float32).double(at: 6)
      case .storageSet: Storage(shape: [2, 3], dtype: .float32).set(1, at: -1)
      case .storageInteger: Storage(shape: [2], dtype: .uint8).set(300, at: 0)
      case .filledInteger: _ = Tensor(filled: 0.5, shape: [2], dtype: .int32)
      case .paddingInteger: _ = zeros([2], .int32).padded(low: [1], high: [0], value: 0.5)
      case .iotaTooLong: _ = Tensor.iota([257], dtype: .uint8)
      case .argmaxTooLong: _ = zeros([1 << 32]).argmax()
      case .shift: _ = zeros([2], .int32).shiftedLeft(by: -1)
      case .sliceOfNothing: _ = zeros([2, 3]).sliced(starts: [], limits: [])
      case .attentionShapes: _ = attention(zeros([2, 3, 1, 4]), zeros([2, 3, 1, 5]), zeros([2, 3, 1, 5]))
      case .attentionDTypes: _ = attention(zeros([2, 3, 1, 4]), zeros([2, 3, 1, 4], .float64), zeros([2, 3, 1, 4]))
      case .attentionRank: _ = attention(zeros([2, 3, 4]), zeros([2, 3, 4]), zeros([2, 3, 4]))
      case .attentionWithoutKeys: _ = attention(zeros([2, 3, 1, 4]), zeros([2, 0, 1, 4]), zeros([2, 0, 1, 4]))
      case .attentionGradientShapes:
        let x = zeros([2, 3, 1, 4]).node
        _ = Node(
          .attentionGradient(Attention(isCausal: false, scale: 1)), [x, x, x, zeros([2, 3, 4, 1]).node],
          shape: [2, 3, 3, 1, 4], dtype: .float32)
      case .variableUpdate:
        let weight = Variable(shape: [2], name: "weight")
        _ = Trace.record(arguments: []) { _ in
          weight.value = zeros([3])
          return []
        }
      case .convolutionChannels: _ = convolution(zeros([1, 3, 8, 8]), zeros([4, 2, 3, 3]))
      case .convolutionGroups: _ = convolution(zeros([1, 3, 8]), zeros([4, 1, 3]), groups: 2)
      case .convolutionOutputs: _ = convolution(zeros([1, 4, 8]), zeros([5, 2, 3]), groups: 2)
      case .convolutionWindow:
        _ = convolution(zeros([1, 3, 8, 2]), zeros([4, 3, 3, 5]), padding: .explicit(low: [0, 1], high: [0, 1]))
      case .convolutionRank: _ = convolution(zeros([1, 3, 8]), zeros([4, 3, 3, 3]))
      case .convolutionDTypes: _ = convolution(zeros([1, 3, 8]), zeros([4, 3, 3], .float64))
      case .convolutionStrides: _ = convolution(zeros([1, 3, 8, 8]), zeros([4, 3, 3, 3]), strides: [2])
      case .convolutionPadding: _ = convolution(zeros([1, 3, 8]), zeros([4, 3, 3]), padding: -1)
      case .convolutionCotangent:
        let c = Convolution(strides: [1], paddingLow: [0], paddingHigh: [0], dilations: [1])
        _ = Node(
          .convolutionInputGradient(c), [zeros([1, 4, 5]).node, zeros([4, 3, 3]).node], shape: [1, 3, 8],
          dtype: .float32)
      case .outputPadding:
        _ = transposedConvolution(zeros([1, 3, 8]), zeros([3, 4, 3]), strides: [2], outputPadding: [2])
      case .windows: _ = zeros([2, 4]).windows([3], dilations: [2])
      case .windowAxes: _ = zeros([4]).windows([1, 1])
      case .pool: _ = maxPool(zeros([3, 8, 8]), [2, 2], strides: [2])
      case .poolDTypes: _ = averagePool(zeros([8], .int32), [2])
      case .averageOfPadding: _ = averagePool(zeros([4]), [2], padding: 2, countsPadding: false)
      case .reflection: _ = zeros([2, 3]).padded(low: [0, 3], high: [0, 0], mode: .reflect)
      case .foldWindows: _ = zeros([2, 2]).foldingWindows(.init(sizes: [2], strides: [1], dilations: [1]), to: [5])
      }
    }
  }

  @Test(arguments: Mismatch.allCases)
  func `the message names the op and the shapes`(mismatch: Mismatch) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mismatch = mismatch as Mismatch] in
      mismatch.provoke()
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    for fragment in mismatch.fragments {
      #expect(message.contains(fragment), "\(mismatch) lacks \(fragment): \(message)")
    }
  }
}
