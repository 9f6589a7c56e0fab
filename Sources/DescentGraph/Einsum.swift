/// Einstein's summation: products of tensors, summed over every label that the result does not name.
///
///     einsum("bij,bjk->bik", a, b)   // a batch of matrix products
///     einsum("ii->i", a)             // a diagonal: a repeated label
///     einsum("...ij->...ji", a)      // whatever axes come first stay
///     einsum("ij,ij", a, b)          // without an arrow: labels that occur once, in alphabetical order
///
/// Operands are contracted from left to right, each pair as one dot product. Spaces do not count. Axes under an ellipsis
/// are broadcast to each other under NumPy's rule; a result without an ellipsis sums over them, as over any label.
/// Traps, naming the specification and the place in it, when it does not fit the operands.
public func einsum(_ specification: String, _ operands: Tensor...) -> Tensor { einsum(specification, operands) }

/// Einstein's summation of as many operands as the specification has terms before the arrow; see `einsum(_:_:)`, which
/// takes them one by one.
public func einsum(_ specification: String, _ operands: [Tensor]) -> Tensor {
  let equation = EinsumEquation(specification, operands)
  var rest = zip(operands, equation.operands).map { LabelledTensor($0, $1).diagonal() }[...]
  rest = rest.map { $0.withoutRepeatedExtents(equation.extents) }[...]
  var product = rest.removeFirst()
  while true {
    let needed = rest.reduce(into: Set(equation.result)) { $0.formUnion($1.labels) }
    guard let next = rest.popFirst() else { return product.summed(keeping: needed).ordered(as: equation.result) }
    let after = rest.reduce(into: Set(equation.result)) { $0.formUnion($1.labels) }
    product = product.summed(keeping: needed)
      .contracted(next.summed(keeping: after.union(product.labels)), keeping: after)
  }
}

/// The name of an axis: a letter, or an axis under the ellipsis, counted from the right.
private enum Label: Hashable {
  case letter(Character)
  case ellipsis(Int)
}

/// A parsed specification, checked against the operands' shapes.
private struct EinsumEquation {
  private(set) var operands: [[Label]] = []
  private(set) var result: [Label] = []
  private(set) var extents: [Label: Int] = [:]

  init(_ specification: String, _ tensors: [Tensor]) {
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) {
      require(condition, "einsum \"\(specification)\": \(problem())")
    }
    // Each term with where it starts; positions count from 1.
    var terms: [[(symbol: Symbol, position: Int)]] = [[]]
    var arrow: Int?
    let characters = Array(specification)
    var i = 0
    while i < characters.count {
      let position = i + 1
      func follows(_ text: String) -> Bool { characters[i...].starts(with: text) }
      if follows("->") {
        check(arrow == nil, "a second arrow at position \(position)")
        arrow = terms.count
        terms.append([])
        i += 2
      } else if follows("...") {
        check(
          !terms[terms.count - 1].contains { $0.symbol == .ellipsis },
          "a second ellipsis in one term at position \(position)")
        terms[terms.count - 1].append((.ellipsis, position))
        i += 3
      } else if follows(",") {
        check(arrow == nil, "a comma behind the arrow at position \(position)")
        terms.append([])
        i += 1
      } else {
        let character = characters[i]
        check(
          character == " " || (character.isASCII && character.isLetter),
          "\"\(character)\" at position \(position) is no letter")
        if character != " " { terms[terms.count - 1].append((.letter(character), position)) }
        i += 1
      }
    }
    let sources = terms[..<(arrow ?? terms.count)]
    check(sources.count == tensors.count, "\(sources.count) terms do not fit \(tensors.count) operands")

    var ellipsisRank = 0
    for (number, (term, tensor)) in zip(sources, tensors).enumerated() {
      let letters = term.count { $0.symbol != .ellipsis }
      let hidden = tensor.rank - letters
      let place = term.first.map { " at position \($0.position)" } ?? ""
      check(
        hidden >= 0 && (hidden == 0 || letters < term.count),
        "term \(number + 1)\(place) names \(letters) axes, its operand has shape \(tensor.shape)")
      ellipsisRank = max(ellipsisRank, letters < term.count ? hidden : 0)
      let labels = term.flatMap { $0.symbol.labels(hidden) }
      for (label, extent) in zip(labels, tensor.shape) {
        let known = extents[label] ?? extent
        if case .letter(let letter) = label {
          let position = term.first { $0.symbol == .letter(letter) }!.position
          check(
            known == extent,
            "\"\(letter)\" at position \(position) is an axis of extent \(extent) of shape \(tensor.shape), "
              + "but \(known) elsewhere")
        } else {
          check(
            known == extent || known == 1 || extent == 1,
            "axes under the ellipsis do not fit: \(tensors.map(\.shape)) cannot be broadcast to each other")
        }
        extents[label] = known == 1 ? extent : known
      }
      operands.append(labels)
    }

    guard let arrow else {
      let letters = operands.joined().filter { label in
        if case .letter = label { operands.joined().count { $0 == label } == 1 } else { false }
      }
      result = Symbol.ellipsis.labels(ellipsisRank) + letters.sorted(by: Self.alphabetically)
      return
    }
    for (symbol, position) in terms[arrow] {
      for label in symbol.labels(ellipsisRank) {
        if case .letter(let letter) = label {
          check(extents[label] != nil, "\"\(letter)\" at position \(position) is in no operand")
          check(!result.contains(label), "\"\(letter)\" at position \(position) is twice in the result")
        }
        result.append(label)
      }
    }
  }

  private static func alphabetically(_ a: Label, _ b: Label) -> Bool {
    guard case .letter(let x) = a, case .letter(let y) = b else { return false }
    return x < y
  }

  /// What stands for one axis, or for all that the letters leave over.
  enum Symbol: Equatable {
    case letter(Character)
    case ellipsis
    func labels(_ hidden: Int) -> [Label] {
      switch self {
      case .letter(let letter): [.letter(letter)]
      case .ellipsis: (0..<hidden).reversed().map { .ellipsis($0) }
      }
    }
  }
}

/// A tensor whose axes have names.
private struct LabelledTensor {
  var tensor: Tensor
  var labels: [Label]

  init(_ tensor: Tensor, _ labels: [Label]) {
    self.tensor = tensor
    self.labels = labels
  }

  private func axes(_ wanted: [Label]) -> [Int] { wanted.map { labels.firstIndex(of: $0)! } }

  /// Each repeated label once: only the elements whose indices on its axes are equal.
  func diagonal() -> LabelledTensor {
    guard let label = labels.first(where: { label in labels.count { $0 == label } > 1 }) else { return self }
    let repeated = labels.indices.filter { labels[$0] == label }
    let others = labels.indices.filter { labels[$0] != label }
    let extent = tensor.shape[repeated[0]]
    let rest = others.map { tensor.shape[$0] }
    // As one axis, the diagonal's elements are equally far apart.
    let count = repeated.reduce(1) { total, _ in total * extent }
    let step = repeated.indices.dropFirst().reduce(1) { step, _ in step * extent + 1 }
    let flat = tensor.transposed(repeated + others).reshaped(Shape([count] + rest))
    let chosen = flat.sliced(
      starts: [0] + rest.map { _ in 0 }, limits: [count] + rest, strides: [step] + rest.map { _ in 1 })
    return LabelledTensor(chosen, [label] + others.map { labels[$0] }).diagonal()
  }

  /// Without axes of extent 1 that other operands broadcast.
  func withoutRepeatedExtents(_ extents: [Label: Int]) -> LabelledTensor {
    let kept = labels.indices.filter { tensor.shape[$0] == extents[labels[$0]] }
    return LabelledTensor(tensor.reshaped(Shape(kept.map { tensor.shape[$0] })), kept.map { labels[$0] })
  }

  func summed(keeping needed: Set<Label>) -> LabelledTensor {
    let dropped = labels.indices.filter { !needed.contains(labels[$0]) }
    return LabelledTensor(dropped.isEmpty ? tensor : tensor.sum(axes: dropped), labels.filter(needed.contains))
  }

  /// The product with `other`, summed over the labels of both that nobody needs any more.
  func contracted(_ other: LabelledTensor, keeping needed: Set<Label>) -> LabelledTensor {
    let both = labels.filter(other.labels.contains)
    let batch = both.filter(needed.contains)
    let contracting = both.filter { !needed.contains($0) }
    let free = labels.filter { !both.contains($0) }
    let otherFree = other.labels.filter { !both.contains($0) }
    let result = batch + free + otherFree
    if contracting.isEmpty {
      // Nothing to sum: an element-wise product, which is fused with its neighbours.
      func spread(_ t: LabelledTensor, _ own: [Label]) -> Tensor {
        let ordered = t.tensor.transposed(t.axes(own))
        return ordered.reshaped(
          Shape(result.map { label in own.firstIndex(of: label).map { ordered.shape[$0] } ?? 1 }))
      }
      return LabelledTensor(spread(self, batch + free) * spread(other, batch + otherFree), result)
    }
    let axes = DotAxes(
      lhsBatch: self.axes(batch), rhsBatch: other.axes(batch), lhsContracting: self.axes(contracting),
      rhsContracting: other.axes(contracting))
    return LabelledTensor(dot(tensor, other.tensor, axes), result)
  }

  func ordered(as result: [Label]) -> Tensor { tensor.transposed(axes(result)) }
}
