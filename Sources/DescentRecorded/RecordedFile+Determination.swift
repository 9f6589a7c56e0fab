import DescentOptim
import DescentGraph

/// A method that starts from eigenvectors of the inner products of a gradient's slices.
protocol EigenbasisMethod: OptimizationMethod {
  /// The axes of a tensor of this shape along which it takes the inner products.
  func eigenbasisAxes(of shape: Shape) -> [Int]
}

extension SOAP: EigenbasisMethod {
  func eigenbasisAxes(of shape: Shape) -> [Int] {
    makeState(for: .zeros(shape, dtype: .float64), named: "").bases.axes
  }
}

extension RecordedFile {
  /// Why a run's numbers do not follow from its gradients and hyper-parameters; nil if they do.
  ///
  /// Eigenvectors of a multiple eigenvalue may be any basis of their space, and each library finds another one. Adam's step
  /// in such a basis depends on which, so that the recorded run cannot be told from its gradients alone: from the second
  /// step on, since the first one only finds the bases. A single eigenvalue leaves a sign open, which drops out.
  func ambiguity(of run: Run, _ method: any OptimizationMethod) throws -> String? {
    guard let method = method as? any EigenbasisMethod, run.trajectory.keys.contains(where: { $0 > 1 }) else {
      return nil
    }
    for (parameter, gradient) in zip(parameters, gradients[0]) {
      let g = Tensor(storage: Self.storage(gradient, parameter.shape, .float64))
      for axis in method.eigenbasisAxes(of: parameter.shape) {
        let values = try g.innerProducts(along: axis).symmetricEigen().values.scalars(as: Double.self)
        guard let multiple = Self.multiple(values) else { continue }
        return "the first gradient of \(parameter.name) has slices along axis \(axis) whose inner products have the "
          + "eigenvalue \(Float(multiple.value)) \(multiple.count) times, and any basis of its eigenvectors may be found"
      }
    }
    return nil
  }

  /// The first of `values`, which rise and are those of a positive semi-definite matrix, that is there several times but for
  /// the rounding of an eigensolver; one that is zero but for rounding counts as zero.
  static func multiple(_ values: [Double]) -> (value: Double, count: Int)? {
    let rounding = Double(values.count) * 16 * Double.ulpOfOne * (values.last ?? 0)
    var start = 0
    for i in values.indices.dropFirst() where values[i] - values[start] > rounding {
      if i - start > 1 { break }
      start = i
    }
    let count = values[start...].prefix { $0 - values[start] <= rounding }.count
    return count > 1 ? (values[start] <= rounding ? 0 : values[start], count) : nil
  }
}
