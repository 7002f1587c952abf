import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Options and specifications") struct OptionTests {
  struct Fault: Sendable {
    let specification: JSON
    let kind: TensorError.Kind
    let message: String

    init(_ specification: JSON, _ kind: TensorError.Kind, _ message: String) {
      self.specification = specification
      self.kind = kind
      self.message = message
    }
  }

  static let faults: [Fault] = [
    Fault(
      ["name": "dense", "in_features": 2, "units": 3], .type,
      "dense: unknown option 'units'; it has in_features, out_features, bias, weight_init, bias_init"),
    Fault(
      ["name": "dense", "in_feature": 2, "out_features": 3], .type,
      "dense: unknown option 'in_feature'; it has in_features, out_features, bias, weight_init, bias_init, dtype; "
        + "did you mean 'in_features'?"),
    Fault(
      ["name": "dense", "in_features": 2], .type,
      "dense: option 'out_features' is missing; it must be a whole number from 1 to 2147483647"),
    Fault(
      ["name": "dense", "in_features": 0, "out_features": 3], .value,
      "dense: option 'in_features' must be a whole number from 1 to 2147483647, not 0"),
    Fault(
      ["name": "dense", "in_features": 1.5, "out_features": 3], .type,
      "dense: option 'in_features' must be a whole number from 1 to 2147483647, not 1.5"),
    Fault(
      ["name": "dense", "in_features": 1e30, "out_features": 3], .value,
      "dense: option 'in_features' must be a whole number from 1 to 2147483647, not 1e+30"),
    Fault(
      ["name": "dense", "in_features": "2", "out_features": 3], .type,
      "dense: option 'in_features' must be a whole number from 1 to 2147483647, not \"2\""),
    Fault(
      ["name": "dense", "in_features": 1, "out_features": 3, "bias": 1], .type,
      "dense: option 'bias' must be true or false, not 1"),
    Fault(
      ["name": "dropout", "p": 1.5], .value,
      "dropout: option 'p' must be a number from 0 to 1, not 1.5"),
    Fault(
      ["name": "conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": [3, 3, 3]], .value,
      "conv2d: option 'kernel_size' must be a whole number from 1 to 2147483647 or a list of two (height, width), "
        + "not [3, 3, 3]"),
    Fault(
      ["name": "conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": 3, "padding": "full"], .value,
      "conv2d: option 'padding' must be 'same', 'valid', a whole number of at least 0 or a list of two "
        + "(height, width), not \"full\""),
    Fault(
      ["name": "dense", "in_features": 1, "out_features": 1, "weight_init": ["name": "normal", "std": -1]], .value,
      "dense: option 'weight_init': normal: option 'std' must be a number of at least 0, not -1"),
    Fault(
      ["name": "dense", "in_features": 1, "out_features": 1, "weight_init": 3], .type,
      "dense: option 'weight_init' must be the name of an initializer or an object such as "
        + "{\"name\": \"normal\", \"std\": 0.02}, not 3"),
    Fault(
      ["name": "sequential", "layers": ["relu", ["name": "leaky_relu", "slope": "x"]]], .type,
      "sequential: option 'layers': layer 1: leaky_relu: option 'slope' must be a number, not \"x\""),
    Fault(
      ["name": "reshape", "shape": [2, -1, -1]], .value,
      "shape may leave one extent open with -1, not several"),
    Fault(
      [
        "name": "conv_transpose2d", "in_channels": 1, "out_channels": 1, "kernel_size": 3, "stride": 2,
        "output_padding": 2,
      ], .value,
      "output_padding must be at least 0 and below the stride (2) in height, not 2"),
    Fault(
      [
        "name": "conv_transpose2d", "in_channels": 1, "out_channels": 1, "kernel_size": 3, "stride": 2,
        "padding": "same", "output_padding": 1,
      ], .value, "output_padding goes with padding given as numbers"),
    Fault(
      3, .type,
      "the specification of a layer is its name or an object with \"name\", not 3"),
    Fault(
      ["layer": "dense"], .type,
      "the specification of a layer needs a \"name\" that is a string; this is {\"layer\": \"dense\"}"),
    Fault(
      "conv2", .value,
      "did you mean 'conv2d'?"),
    Fault(
      "zzzzzzzz", .value,
      "there is no layer named 'zzzzzzzz'; there are dense, conv2d"),
  ]

  @Test("each fault names the option, the value and what is allowed", arguments: faults)
  func isRefused(_ fault: Fault) {
    let error = failure { _ = try Network(fault.specification) }
    #expect(error?.kind == fault.kind)
    #expect(error?.message.contains(fault.message) == true, "\(error?.message ?? "no error")")
  }

  @Test("optimisers report likewise") func optimizers() throws {
    let parameters = try twoParameters()
    func message(_ specification: JSON) -> String? {
      failure { _ = try Optimizer(specification, of: parameters) }?.message
    }
    #expect(message(["name": "adam", "lr": 1])?.hasPrefix("adam: unknown option 'lr'; it has learning_rate") == true)
    #expect(message(["name": "adam", "beta1": 1]) == "adam: option 'beta1' must be a number from 0 to below 1, not 1")
    #expect(
      message(["name": "sgd", "clip_norm": 0]) == "sgd: option 'clip_norm' must be a number above 0, or null, not 0")
    #expect(
      message(["name": "sgd", "learning_rate": -1])?.hasPrefix(
        "sgd: option 'learning_rate' must be a number of at least 0")
        == true)
    #expect(
      message(["name": "sgd", "groups": [["parameters": []]]])
        == "sgd: option 'groups': group 0: option 'parameters' must be a list of at least one name, not []")
    #expect(message("adma")?.contains("; did you mean 'adam'? There are sgd") == true)
  }

  @Test("a resolved specification holds every default and builds the same network") func resolved() throws {
    let network = try Network(["name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3])
    #expect(
      network.specification?.text()
        == #"{"name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": [3, 3], "stride": [1, 1], "#
        + #""padding": "valid", "dilation": [1, 1], "bias": true, "weight_init": {"name": "glorot_uniform", "gain": 1}, "#
        + #""bias_init": {"name": "zeros"}, "groups": 1, "padding_mode": "constant"}"#)
    let specification = try #require(network.specification)
    #expect(try LayerRegistry.shared.resolve(specification) == specification)
    #expect(try Network(specification).state.names == network.state.names)
  }

  @Test("registries describe themselves for other languages") func descriptions() throws {
    for json in [
      LayerRegistry.shared.json, OptimizerRegistry.shared.json, ScheduleRegistry.shared.json,
      InitializerRegistry.shared.json,
    ] {
      let entries = try #require(json.arrayValue)
      for entry in entries {
        let name = entry["name"]?.stringValue ?? ""
        #expect(entry["summary"]?.stringValue?.hasSuffix(".") == true, "\(name)")
        for option in entry["options"]?.arrayValue ?? [] {
          #expect(option["summary"]?.stringValue?.hasSuffix(".") == true, "\(name)")
          #expect(option["required"]?.boolValue == (option["default"] == nil), "\(name)")
        }
      }
      #expect(Set(entries.compactMap { $0["name"]?.stringValue }).count == entries.count)
    }
  }

  @Test("defaults are themselves allowed") func defaults() throws {
    for registration in LayerRegistry.shared.registrations {
      for option in registration.options {
        guard let value = option.defaultValue else { continue }
        _ = try option.kind.normalised(value, option: option.name, owner: registration.name)
      }
    }
  }

  @Test("users register layers of their own") func ownLayers() throws {
    struct Scale: Layer {
      let factor: Parameter
      func callAsFunction(_ x: Tensor) -> Tensor { x * factor.value }
    }
    let registry = Registry("layer", LayerRegistry.shared.registrations)
    let own = LayerRegistration(
      "scale", "Times a learned number.",
      options: [OptionDescription("start", .number(), default: 1, "First value of the number.")]
    ) { options, scope in
      Scale(factor: try scope.parameter("factor", [], .constant(options.double("start"))))
    }
    try registry.register(own)
    #expect(failure { try registry.register(own) }?.message == "there is already a layer named 'scale'")
    let store = ParameterStore()
    let layer = try registry.make(["name": "scale", "start": 3], in: Scope(store)["s"])
    #expect(try layer(Tensor([1, 2] as [Float])).doubles() == [3, 6])
    #expect(store.parameters.map(\.name) == ["s.factor"])
  }
}
