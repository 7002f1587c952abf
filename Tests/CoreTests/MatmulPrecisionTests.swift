import SwiftGANKernels
import Testing

@testable import SwiftGANCore

/// Which precision products have, op by op, in gradients and in programs.
@Suite struct MatmulPrecisionTests {
  private static let key = RandomKey(seed: 3)
  private let x = Tensor.randomNormal([40, 50], key: key.folded(1))
  private let w = Tensor.randomNormal([50, 30], key: key.folded(2))

  private func bytes(_ tensor: Tensor) throws -> [UInt8] { try tensor.checked().withUnsafeBytes { Array($0) } }
  private static var rounds: Bool { MatmulPrecision.medium.inEffect == .medium }

  /// The norm of a - b as a share of a's.
  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    try ((a - b).square().sum().item() / a.square().sum().item()).squareRoot()
  }

  @Test func namesArePyTorchs() throws {
    #expect(try MatmulPrecision(named: "high") == .high)
    let error = #expect(throws: TensorError.self) { try MatmulPrecision(named: "low") }
    #expect(error?.message.contains("'highest', 'high', 'medium', not 'low'") == true)
    // Where there are no tiles float32 is faster, and more precise.
    let hasTiles = sgk_isa_current() == SGK_AVX512_AMX
    #expect(MatmulPrecision.high.inEffect == (hasTiles ? .high : .highest))
    #expect((MatmulPrecision.high.products == "float32") != hasTiles)
  }

  @Test func precisionsNestAndEndWithTheirScope() throws {
    let outside = MatmulPrecision.current
    let other = MatmulPrecision.allCases.first { $0 != outside } ?? .medium
    try other.within {
      #expect(MatmulPrecision.current == other)
      MatmulPrecision.high.within {
        #expect(MatmulPrecision.current == .high)
        MatmulPrecision.current = .medium
        #expect(MatmulPrecision.current == .medium)
      }
      #expect(MatmulPrecision.current == other)
      // Another thread has its own.
      let seen = try onAnotherThread { MatmulPrecision.current }.get()
      #expect(seen == outside)
    }
    #expect(MatmulPrecision.current == outside)
    #expect(throws: TensorError.self) { try MatmulPrecision.leave() }
    MatmulPrecision.enter(.medium)
    #expect(MatmulPrecision.current == .medium)
    try MatmulPrecision.leave()
    #expect(MatmulPrecision.current == outside)
  }

  @Test func theProcessHasOne() async {
    await #expect(processExitsWith: .success) {
      #expect(MatmulPrecision.current == .highest)
      MatmulPrecision.current = .medium
      let seen = try onAnotherThread { MatmulPrecision.current }.get()
      #expect(seen == .medium && MatmulPrecision.current == .medium)
    }
  }

  @Test func productsHaveThePrecisionInForce() throws {
    let exact = try MatmulPrecision.highest.within { try x.matmul(w).checked() }
    let rounded = try MatmulPrecision.medium.within { try x.matmul(w).checked() }
    #expect(try (bytes(exact) != bytes(rounded)) == MatmulPrecisionTests.rounds)
    #expect(try distance(exact, rounded) < 0x1p-7)
    let doubles = try MatmulPrecision.medium.within {
      try x.cast(to: .float64).matmul(w.cast(to: .float64)).checked()
    }
    #expect(try distance(doubles, exact.cast(to: .float64)) < 1e-6)
    // Integers become float32, and so do their products.
    let wholes = Tensor.arange(0, 256 * 32, dtype: .int32).reshape([32, 256])
    let whole = try MatmulPrecision.highest.within { try wholes.matmul(wholes.transposed()).checked() }
    #expect(try whole[1][0].item() == (0..<256).reduce(0.0) { $0 + Double($1 * ($1 + 256)) })
  }

  /// A gradient is of the precision that its product had, wherever it is taken; a second one, too.
  @Test func gradientsHaveTheirProductsPrecision() throws {
    func gradients() throws -> [Tensor] {
      try valueAndGrad(at: [x, w]) { leaves in
        let y = MatmulPrecision.medium.within { leaves[0].matmul(leaves[1]) }
        return try gradient(of: y.square().sum(), withRespectTo: leaves, createGraph: true)[0].square().sum().checked()
      }.gradients
    }
    let plain = try MatmulPrecision.highest.within { try gradients() }
    let around = try MatmulPrecision.medium.within { try gradients() }
    for (a, b) in zip(plain, around) { #expect(try bytes(a) == bytes(b)) }
    let exact = try MatmulPrecision.highest.within {
      try valueAndGrad(at: [x, w]) { $0[0].matmul($0[1]).square().sum() }.gradients
    }
    let rounded = try MatmulPrecision.medium.within {
      try valueAndGrad(at: [x, w]) { $0[0].matmul($0[1]).square().sum() }.gradients
    }
    for (a, b) in zip(exact, rounded) {
      #expect(try (bytes(a) != bytes(b)) == MatmulPrecisionTests.rounds)
      #expect(try distance(a, b) < 0x1p-6)
    }
  }

  @Test func convolutionsHaveItInAllThreePasses() throws {
    let image = Tensor.randomNormal([4, 10, 10, 16], key: MatmulPrecisionTests.key.folded(5))
    let filter = Tensor.randomNormal([4, 4, 16, 24], key: MatmulPrecisionTests.key.folded(6))
    func all() throws -> [Tensor] {
      let (value, gradients) = try valueAndGrad(at: [image, filter]) { leaves in
        apply(.conv2d, leaves, ["stride": .int(2), "padding": .int(1)]).square().sum()
      }
      return [value] + gradients
    }
    let (exact, rounded) = (
      try MatmulPrecision.highest.within { try all() }, try MatmulPrecision.medium.within { try all() }
    )
    for (a, b) in zip(exact, rounded) {
      #expect(try (bytes(a) != bytes(b)) == MatmulPrecisionTests.rounds)
      #expect(try distance(a, b) < 0x1p-6)
    }
  }

  /// A program is of one precision: at another one the function is traced anew, and what was traced is found again.
  @Test func functionsAreTracedForEachPrecision() throws {
    let step = CompiledFunction("step") { [w] inputs in
      // Twice the same side, so that it is packed; and a product within a precision of its own.
      let y = inputs[0].matmul(w) + (inputs[0] * 2).matmul(w)
      let z = MatmulPrecision.highest.within { inputs[0].matmul(w) }
      return [y, z]
    }
    var found: [MatmulPrecision: [[UInt8]]] = [:]
    for precision in [MatmulPrecision.highest, .medium, .highest, .medium] {
      let eager = try precision.within {
        try [bytes(x.matmul(w) + (x * 2).matmul(w)), bytes(MatmulPrecision.highest.within { x.matmul(w) })]
      }
      let replayed = try precision.within { try step([x]).map { try bytes($0) } }
      #expect(replayed == eager, "\(precision)")
      found[precision] = replayed
    }
    #expect(step.traceCount == 2 && step.keptTraces == 2)
    #expect((found[.highest]?[0] != found[.medium]?[0]) == MatmulPrecisionTests.rounds)
    #expect(found[.highest]?[1] == found[.medium]?[1])
    // What has no products of float32 does not care.
    let sum = CompiledFunction("sum") { [$0[0].sum()] }
    for precision in MatmulPrecision.allCases { _ = try precision.within { try sum([x]) } }
    #expect(sum.traceCount == 1)
  }

  /// Products of different precisions are not joined into one.
  @Test func sumsOfProductsKeepTheirPrecisions() throws {
    let a = Tensor.randomNormal([200, 20], key: MatmulPrecisionTests.key.folded(7))
    let b = Tensor.randomNormal([20, 200], key: MatmulPrecisionTests.key.folded(8))
    func parts(_ x: [Tensor]) -> [Tensor] {
      let products = (0..<4).map { index in
        (index % 2 == 0 ? MatmulPrecision.highest : .medium).within { (x[0] * Double(index + 1)).matmul(x[1]) }
      }
      return [products.dropFirst().reduce(products[0], +)]
    }
    let program = try Program([a, b].map { TensorSpec($0.shape, $0.dtype) }) { parts($0) }
    #expect(try distance(parts([a, b])[0], program([a, b])[0]) < 1e-5)
  }

  /// Images that are resized, and shifted in training, keep their bits in any precision.
  @Test func pixelsAreNotRounded() throws {
    let image = Tensor.randomNormal([2, 40, 40, 20], key: MatmulPrecisionTests.key.folded(9))
    let sizes = MatmulPrecision.allCases.map { precision in
      precision.within { image.resized(to: [20, 20], antialias: true) }
    }
    for one in sizes { #expect(try bytes(one) == bytes(sizes[0])) }
  }
}
