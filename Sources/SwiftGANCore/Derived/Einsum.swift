extension Tensor {
  /// Einstein's summation in NumPy's notation: `"bij,bjk->bik"`, `"ii"`, `"i,j"`, `"...i,i->..."`.
  ///
  /// Letters name axes. A letter twice in one operand takes the diagonal; letters that the result lacks are summed over.
  /// Without `->` the result has the letters that stand once, in alphabetical order, after the axes of `...`, which
  /// broadcast. Operands are contracted two at a time by the batched matrix product, always the two whose product takes
  /// the fewest multiplications. Integers are computed as float32.
  ///
  /// - Note: A value error, naming the letter, for one whose extents differ or that the result has and no operand.
  public static func einsum(_ equation: String, _ operands: Tensor...) -> Tensor { einsum(equation, operands) }

  /// The same of a list.
  public static func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
    .catching {
      do {
        for operand in operands { try operand.checked() }
        let plan = try EinsumPlan(equation, ranks: operands.map(\.rank))
        try plan.checkExtents(operands.map(\.shape))
        return try plan.run(operands.map { $0.dtype.isFloat ? $0 : $0.cast(to: .float32) }).checked()
      } catch let error as TensorError {
        throw TensorError(error.kind, "einsum: \"\(equation)\": \(error.message)")
      }
    }
  }
}

/// What the letters of an equation stand for. The axes of `...` are letters too: negative ones, counted from the last.
private struct EinsumPlan {
  typealias Letter = Int
  var inputs: [[Letter]] = []
  var output: [Letter] = []

  init(_ equation: String, ranks: [Int]) throws(TensorError) {
    let text = Array(equation.utf8).filter { $0 != UInt8(ascii: " ") }
    var sides: [[UInt8]] = [[]]
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "-"), index + 1 < text.count, text[index + 1] == UInt8(ascii: ">") {
        sides.append([])
        index += 2
      } else {
        sides[sides.count - 1].append(text[index])
        index += 1
      }
    }
    guard sides.count <= 2 else { throw TensorError(.value, "there is more than one '->'") }
    let terms = sides[0].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard terms.count == ranks.count else {
      throw TensorError(.value, "there are \(terms.count) operands in the text, but \(ranks.count) are given")
    }
    var dots = 0
    for (number, term) in terms.enumerated() {
      let (letters, covered) = try Self.parse(Array(term), rank: ranks[number], what: "operand \(number)")
      dots = max(dots, covered ?? 0)
      inputs.append(letters)
    }
    let free = (0..<dots).map { $0 - dots }
    if sides.count == 2 {
      output = try Self.parse(sides[1], rank: nil, dots: dots, what: "the result").letters
      guard Set(output).count == output.count else { throw TensorError(.value, "the result names an axis twice") }
      let known = Set(inputs.joined())
      for letter in output where letter >= 0 && !known.contains(letter) {
        throw TensorError(.value, "the result has '\(Self.name(letter))', which no operand has")
      }
    } else {
      let all = Array(inputs.joined())
      output = free + Set(all).filter { letter in letter >= 0 && all.filter { $0 == letter }.count == 1 }.sorted()
    }
  }

  private static func name(_ letter: Letter) -> String {
    letter < 0 ? "..." : String(UnicodeScalar(UInt8(clamping: letter)))
  }

  /// The letters of one term, and how many axes its `...` stands for.
  private static func parse(
    _ term: [UInt8], rank: Int?, dots: Int = 0, what: String
  ) throws(TensorError) -> (letters: [Letter], covered: Int?) {
    let named = term.count { $0 != UInt8(ascii: ".") }
    let points = term.count - named
    let hasDots = points > 0
    var covered = dots
    if let rank {
      guard hasDots ? named <= rank : named == rank else {
        throw TensorError(.value, "\(what) has \(rank) axes, but its letters name \(named)")
      }
      covered = rank - named
    }
    var letters: [Letter] = []
    var index = 0
    var seen = false
    while index < term.count {
      let byte = term[index]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        letters.append(Int(byte))
        index += 1
      case UInt8(ascii: ".")
      where !seen && points == 3 && index + 2 < term.count && term[index + 1] == byte
        && term[index + 2] == byte:
        letters += (0..<covered).map { $0 - covered }
        seen = true
        index += 3
      default:
        throw TensorError(
          .value, "\(what) may hold letters and one '...', not '\(String(UnicodeScalar(byte)))' at place \(index)")
      }
    }
    return (letters, hasDots ? covered : nil)
  }

  /// Every letter has one extent; the axes of `...` may be 1 beside another.
  func checkExtents(_ shapes: [[Int]]) throws(TensorError) {
    var extents: [Letter: Int] = [:]
    for (letters, shape) in zip(inputs, shapes) {
      for (place, letter) in letters.enumerated() {
        guard let first = letters.firstIndex(of: letter), shape[first] != shape[place] else { continue }
        throw TensorError(
          .shape, "the letter '\(Self.name(letter))' stands for \(shape[first]) and \(shape[place]) in one operand")
      }
      for (letter, extent) in zip(letters, shape) {
        guard let known = extents[letter], known != extent else {
          extents[letter] = extent
          continue
        }
        if letter < 0 || extent == 1 || known == 1 {
          guard known == 1 || extent == 1 else {
            throw TensorError(.shape, "the axes of '...' do not broadcast: \(known) and \(extent)")
          }
          extents[letter] = max(known, extent)
          if known == 0 || extent == 0 { extents[letter] = 0 }
          continue
        }
        throw TensorError(
          .shape, "the letter '\(Self.name(letter))' stands for \(known) in one place and for \(extent) in another")
      }
    }
  }

  func run(_ operands: [Tensor]) throws -> Tensor {
    var terms = try zip(operands, inputs).map { try single($0, $1) }
    for index in terms.indices { terms[index] = try summed(terms[index], keeping: needed(beside: [index], terms)) }
    while let pair = cheapestPair(terms) {
      terms[pair.0] = try contract(terms[pair.0], terms[pair.1], needed(beside: [pair.0, pair.1], terms))
      terms.remove(at: pair.1)
    }
    guard let result = terms.first else { throw TensorError(.value, "there are no operands") }
    // A letter of '...' that no operand had room for has extent 1 nowhere: all of the result's letters are there.
    let order = output.map { letter in result.letters.firstIndex(of: letter) ?? 0 }
    return order == Array(0..<result.tensor.rank) ? result.tensor : result.tensor.transposed(order)
  }

  /// The letters that the result or a term other than those at `places` has.
  private func needed(beside places: [Int], _ terms: [Term]) -> Set<Letter> {
    var letters = Set(output)
    for (index, term) in terms.enumerated() where !places.contains(index) { letters.formUnion(term.letters) }
    return letters
  }

  /// The places, in order, of the two terms whose product takes the fewest multiplications; of equal ones those with the
  /// smallest product, then the first. Nil for a single term.
  private func cheapestPair(_ terms: [Term]) -> (Int, Int)? {
    var best: (pair: (Int, Int), work: Double, size: Double)?
    for first in terms.indices {
      for second in terms.indices where second > first {
        let later = needed(beside: [first, second], terms)
        var extents: [Letter: Int] = [:]
        for term in [terms[first], terms[second]] {
          for (letter, extent) in zip(term.letters, term.tensor.shape) {
            extents[letter] = extent == 0 ? 0 : max(extent, extents[letter] ?? extent)
          }
        }
        // As floating-point numbers, which do not overflow: of products that nobody will make, too.
        let work = extents.values.reduce(1.0) { $0 * Double($1) }
        let size = extents.reduce(1.0) { later.contains($1.key) ? $0 * Double($1.value) : $0 }
        if let best, (best.work, best.size) <= (work, size) { continue }
        best = ((first, second), work, size)
      }
    }
    return best?.pair
  }

  /// A tensor with a letter for each axis. Its tensor is good: one that carries an error has no axes to ask for.
  private typealias Term = (tensor: Tensor, letters: [Letter])

  /// An operand with each letter once: repeated ones become their diagonal.
  private func single(_ tensor: Tensor, _ letters: [Letter]) throws(TensorError) -> Term {
    var term: Term = (tensor, letters)
    var index = 0
    while index < term.letters.count {
      if let other = term.letters[(index + 1)...].firstIndex(of: term.letters[index]) {
        let letter = term.letters[index]
        term.tensor = try term.tensor.diagonal(axis1: index, axis2: other).checked()
        term.letters.remove(at: other)
        term.letters.remove(at: index)
        term.letters.append(letter)
        index = 0
      } else {
        index += 1
      }
    }
    return term
  }

  private func summed(_ term: Term, keeping letters: Set<Letter>) throws(TensorError) -> Term {
    let gone = term.letters.indices.filter { !letters.contains(term.letters[$0]) }
    if gone.isEmpty { return term }
    return (try term.tensor.sum(axes: gone).checked(), term.letters.filter { letters.contains($0) })
  }

  /// The product of two terms, summed over the letters that nobody needs later: a matrix product with the letters that
  /// both have and that stay as its batch.
  private func contract(_ a: Term, _ b: Term, _ later: Set<Letter>) throws(TensorError) -> Term {
    let shared = a.letters.filter { b.letters.contains($0) }
    let batch = shared.filter { later.contains($0) }
    let inner = shared.filter { !later.contains($0) }
    let rows = a.letters.filter { !shared.contains($0) }
    let columns = b.letters.filter { !shared.contains($0) }
    if inner.isEmpty {
      let all = batch + rows + columns
      return (try (aligned(a, to: all) * aligned(b, to: all)).checked(), all)
    }
    // A letter to be summed over may have extent 1 on one side only.
    let (left, right) = (try spread(a, inner, as: b), try spread(b, inner, as: a))
    func extents(_ term: Term, _ letters: [Letter]) -> [Int] {
      letters.map { letter in term.letters.firstIndex(of: letter).map { term.tensor.shape[$0] } ?? 1 }
    }
    let (m, n) = (extents(left, rows), extents(right, columns))
    let k = extents(left, inner).reduce(1, *)
    let x = ordered(left, batch + rows + inner).reshape(extents(left, batch) + [m.reduce(1, *), k])
    let y = ordered(right, batch + inner + columns).reshape(extents(right, batch) + [k, n.reduce(1, *)])
    let product = try x.matmul(y).checked()
    let leading = Array(product.shape.dropLast(2))
    return (try product.reshape(leading + m + n).checked(), batch + rows + columns)
  }

  private func ordered(_ term: Term, _ letters: [Letter]) -> Tensor {
    let order = letters.compactMap { term.letters.firstIndex(of: $0) }
    return order == Array(0..<term.tensor.rank) ? term.tensor : term.tensor.transposed(order)
  }

  /// The term with an axis of extent 1 for each letter that it lacks.
  private func aligned(_ term: Term, to letters: [Letter]) -> Tensor {
    let present = letters.filter { term.letters.contains($0) }
    let tensor = ordered(term, present)
    var shape: [Int] = []
    var next = 0
    for letter in letters {
      if term.letters.contains(letter), next < tensor.rank {
        shape.append(tensor.shape[next])
        next += 1
      } else {
        shape.append(1)
      }
    }
    return tensor.reshape(shape)
  }

  private func spread(_ term: Term, _ letters: [Letter], as other: Term) throws(TensorError) -> Term {
    var shape = term.tensor.shape
    for letter in letters {
      guard let own = term.letters.firstIndex(of: letter), let its = other.letters.firstIndex(of: letter) else {
        continue
      }
      if shape[own] == 1 { shape[own] = other.tensor.shape[its] }
    }
    return (try term.tensor.broadcast(to: shape).checked(), term.letters)
  }
}
