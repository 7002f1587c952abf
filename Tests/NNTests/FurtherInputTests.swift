import SwiftGANCore
import Testing

@testable import SwiftGANNN

/// x times the further input "factor", plus "shift" where it is given; gives x times "factor" too.
private struct Affine: Layer {
  let label = LayerLabel("affine", nil)
  let inputNames = ["factor", "shift"]
  let requiredInputNames = ["factor"]
  let outputNames = ["product"]

  func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      let product = try x * (further["factor"] ?? x).checked()
      return [further["shift"].map { product + $0 } ?? product, product]
    }
  }
}

@Suite("Layers with further inputs and outputs") struct FurtherInputTests {
  let x = Tensor([1, 2] as [Double])
  let three = Tensor(3, dtype: .float64)
  let ten = Tensor(10, dtype: .float64)

  @Test func byName() throws {
    let outputs = Affine().outputs(x, ["factor": three, "shift": ten])
    #expect(try outputs.map { try $0.doubles() } == [[13, 16], [3, 6]])
    #expect(try Affine()(x, ["factor": three]).doubles() == [3, 6])
  }

  @Test func unknownMissingAndFailedOnesAreSaid() {
    let unknown = Affine().outputs(x, ["facto": three])
    #expect(unknown.count == 2)
    for output in unknown {
      #expect(output.error?.kind == .type)
      #expect(output.error?.message.contains("it has factor, shift; did you mean 'factor'") == true)
    }
    #expect(Affine()(x).error?.message == "affine: the further input 'factor' is missing; it must be given by name")
    #expect(ReLU()(x, ["mask": x]).error?.message == "ReLU: there is no further input 'mask'; it has none")
    let failed = Tensor.failed(TensorError(.value, "was bad"))
    #expect(Affine()(x, ["factor": failed]).error?.message.contains("was bad") == true)
    #expect(Affine().outputs(failed, ["factor": three]).allSatisfy { $0.error?.message == "was bad" })
  }

  @Test func sequencesPassThemOn() throws {
    let one = Sequential(ReLU(), Affine())
    #expect(one.inputNames == ["factor", "shift"])
    #expect(one.requiredInputNames == ["factor"])
    #expect(one.outputNames == ["product"])
    #expect(try one.outputs(x, ["factor": three, "shift": ten]).map { try $0.doubles() } == [[13, 16], [3, 6]])
    #expect(one(x).error?.message.contains("'factor' is missing") == true)
    #expect(one(x, ["mask": x]).error?.message.contains("sequential: there is no further input 'mask'") == true)

    // Two of a name: the plain name is for both, a path for one.
    let two = Sequential(Affine(), Affine())
    #expect(two.outputNames == ["0.product", "1.product"])
    let outputs = two.outputs(x, ["factor": three, "1.factor": ten, "0.shift": ten])
    #expect(try outputs.map { try $0.doubles() } == [[130, 160], [3, 6], [130, 160]])
    #expect(two(x, ["0.factor": three]).error?.message.contains("'factor' is missing") == true)

    // In sequences of sequences a path is told apart by a longer path.
    let nested = Sequential(two, Sequential(Affine()))
    #expect(nested.outputNames == ["0.0.product", "0.1.product", "product"])
    #expect(try nested(x, ["factor": three, "0.1.factor": ten]).doubles() == [90, 180])
  }

  @Test func gradientsFlowThroughThem() throws {
    let gradients = try grad(at: [x, three]) { Sequential(Affine(), Affine())($0[0], ["factor": $0[1]]).sum() }
    #expect(try gradients[0].doubles() == [9, 9])
    #expect(try gradients[1].item() == 18)
  }

  @Test func networksHaveThemToo() throws {
    let network = Network(Affine(), store: ParameterStore())
    #expect(try network(x, ["factor": three]).doubles() == [3, 6])
    #expect(network.outputs(x, ["factor": three]).count == 2)
  }
}
