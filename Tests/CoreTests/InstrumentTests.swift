import Testing

@testable import SwiftGANCore

/// Checks and profiles look on in the whole process, so each test has one of its own.
@Suite struct InstrumentTests {
  @Test func theFirstNaNIsNamed() async {
    await #expect(processExitsWith: .success) {
      #expect(!Debug.setChecksFinite(true))
      let x = Tensor([4, -1, 2] as [Float])
      let error = try #require(x.log().error)
      #expect(error.kind == .state)
      #expect(
        error.message
          == "log: made NaN of finite inputs, in 1 of 3 elements of float32 (3,): input 0 is float32 (3,) from -1.0 to 4.0"
      )
      // What came in, or was asked for, is not its fault.
      #expect(Tensor.full(.infinity, [2]).error == nil)
      #expect((Tensor.full(.infinity, [2]) * 2).error == nil)
      #expect((x * 1e30).cast(to: .float64).error == nil)
      #expect((x * 1e30 * 1e30).error?.message.contains("multiply: made infinity") == true)
      // Also through windows on memory that are not contiguous.
      let matrix = Tensor([1, 2, 3, 4, 5, -6] as [Float]).reshape([2, 3]).transposed()
      #expect(matrix.log().error?.message.contains("float32 (3, 2) from -6.0 to 5.0") == true)
      #expect(Debug.setChecksFinite(false))
      #expect(x.log().error == nil)
    }
  }

  @Test func placesAreNamed() async {
    await #expect(processExitsWith: .success) {
      #expect(!Place.isWatched)
      Place.within("unseen") { #expect(ThreadState.current.places.isEmpty) }
      Debug.checksFinite = true
      let zero = Tensor(0)
      let message = Place.within("step 7", .step) {
        Place.within("generator", .player) {
          Place.within("net") { Place.within("2 (Dense)") { (zero / zero).error?.message } }
        }
      }
      #expect(message?.contains("in step 7, generator, in layer net.2 (Dense): input 0") == true)
      let slope = Gradient.scope {
        let x = zero.tracked()
        return gradient(of: x.sqrt(), withRespectTo: [x])[0]
      }
      #expect(slope.error?.message.contains("in the gradient of sqrt") == true)
      #expect(ThreadState.current.places.isEmpty)
    }
  }

  @Test func compiledFunctionsRunTheirBodies() async {
    await #expect(processExitsWith: .success) {
      let function = CompiledFunction("f") { [$0[0].log()] }
      let x = Tensor([0, 1] as [Float])
      let replayed = try function([x])
      #expect(replayed[0].error == nil && function.traceCount == 1)
      Debug.checksFinite = true
      let checked = try function([x])
      #expect(checked[0].error?.message.contains("log: made infinity") == true)
      #expect(function.traceCount == 1)
    }
  }

  @Test func profilesCountWork() async {
    await #expect(processExitsWith: .success) {
      let (a, b) = (Tensor.ones([16, 32]), Tensor.ones([32, 8]))
      let program = try Program([TensorSpec([16, 32], .float32), TensorSpec([32, 8], .float32)]) { x in
        [(apply(.batchMatmul, [x[0], x[1]]) * 2 + 1).exp()]
      }
      try Profile.begin()
      #expect(throws: TensorError.self) { try Profile.begin() }
      for _ in 0..<3 { _ = try apply(.batchMatmul, [a, b]).checked() }
      _ = try program([a, b])
      let profile = try Profile.end()
      #expect(throws: TensorError.self) { try Profile.end() }
      let product = 8192.0  // 2 x 16 x 32 x 8
      #expect(profile.ops.reduce(0) { $0 + $1.calls } == 3 + program.stepCount)
      #expect(profile.ops.reduce(0) { $0 + $1.flops } == 4 * product + 384)
      #expect(profile.ops.allSatisfy { $0.seconds > 0 && $0.bytes > 0 })
      #expect(profile.peak.flops > 0 && profile.peak.bytes > 0)
      // What stays inside a fused step is neither read nor written.
      let traffic = Double(4 * (512 + 256 + 128))
      let elementwise = profile.ops.filter { $0.name != "batch_matmul" }
      let products = profile.ops.filter { $0.name == "batch_matmul" }
      if program.stepNames.contains("batch_matmul") {
        #expect(products.first?.bytes == 4 * traffic && products.first?.calls == 4)
        #expect(elementwise.reduce(0) { $0 + $1.bytes } <= 1032)
      }
      #expect(profile.eventCount == 3 + program.stepCount && profile.droppedEvents == 0)
      guard case .array(let events) = try JSON.parse(profile.chromeTrace()) else {
        Issue.record("the events are no array")
        return
      }
      #expect(events.count == 3 + program.stepCount)
      #expect(events.allSatisfy { $0["ph"]?.stringValue == "X" && ($0["dur"]?.doubleValue ?? -1) >= 0 })
    }
  }

  @Test func stepsOfProgramsAreInTheLayersThatTheyWereTracedIn() async {
    await #expect(processExitsWith: .success) {
      let program = try Program([TensorSpec([4, 4], .float32)]) { x in
        let inner = Place.within("net") {
          Place.within("0 (Dense)") { apply(.batchMatmul, [x[0], x[0]]) }
        }
        return [apply(.batchMatmul, [inner, inner])]
      }
      let ones = Tensor.ones([4, 4])
      try Profile.begin()
      for _ in 0..<2 { _ = try program([ones]) }
      let profile = try Profile.end()
      guard case .array(let events) = try JSON.parse(profile.chromeTrace()) else {
        Issue.record("the events are no array")
        return
      }
      #expect(profile.eventCount == 4)
      let names = events.compactMap { $0["name"]?.stringValue }
      #expect(names == Array(repeating: ["net", "0 (Dense)", "batch_matmul", "batch_matmul"], count: 2).flatMap { $0 })
      let kinds = events.compactMap { $0["cat"]?.stringValue }
      #expect(Array(kinds.prefix(4)) == ["layer", "layer", "op", "op"])
    }
  }

  @Test func inputsThatAreNotFiniteAreNamed() async {
    await #expect(processExitsWith: .success) {
      let bad = Tensor([1, .nan] as [Float])
      #expect((bad * 2).error == nil)
      Debug.checksInputs = true
      #expect(Debug.isOn && Debug.checksInputs && !Debug.checksFinite)
      #expect((bad * 2).error?.message.contains("input 0 has NaN in 1 of 2 elements of float32 (2,)") == true)
      // What is asked for, and what comes of it, did not come in.
      let asked = Tensor.full(.infinity, [2])
      #expect((asked - asked + 1).transposed().contiguous().error == nil)
      #expect(Tensor([-1] as [Float]).log().error == nil)
      Debug.checksInputs = false
      #expect((bad * 2).error == nil)
    }
  }

  @Test func costsOfAllPrimitivesAreFinite() throws {
    for (name, samples) in opSamples {
      guard let primitive = Primitive.find(name), let sample = samples.first else { continue }
      let inputs = sample.inputs.map { $0.make(seed: 1, dtype: .float32) }
      let output = try apply(primitive, inputs, sample.attributes).checked()
      let cost = Cost(primitive, sample.attributes, inputs.map(\.spec), output.spec)
      #expect(cost.flops.isFinite && cost.flops >= 0 && cost.bytes >= 0, "\(name)")
    }
  }
}
