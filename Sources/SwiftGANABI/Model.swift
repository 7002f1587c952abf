import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

final class ModelHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.model
  let model: Model
  let name: CText

  init(_ model: Model) {
    self.model = model
    name = CText(model.name)
    super.init(.model)
  }
}

@_cdecl("sg_model_create") @implementation
public func sg_model_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let model = try ModelRegistry.shared.make(specification(text(name, "name"), SwiftGANABI.options(options)))
    out.pointee = ModelHandle(model).passedToC()
  }
}

@_cdecl("sg_model_fit") @implementation
public func sg_model_fit(
  _ model: OpaquePointer?, _ data: UnsafePointer<OpaquePointer?>?, _ count: Int, _ options: UnsafePointer<CChar>?,
  _ function: sg_event_function?, _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let model = try ModelHandle.from(model, "model").model
    let tensors = try TensorHandle.list(data, count, "data").map(\.tensor)
    guard let samples = tensors.first, tensors.count <= 2 else {
      throw TensorError(
        .value,
        "sg_model_fit: '\(model.name)' takes the samples and \(model.targetInWords), not \(tensors.count) tensors")
    }
    guard tensors.count == 1 || model.declaration.target != .none else {
      throw TensorError(.value, "sg_model_fit: '\(model.name)' takes one tensor, the samples, not 2")
    }
    var given = try SwiftGANABI.options(options).objectValue ?? [:]
    let names = given["class_names"] ?? .null
    given["class_names"] = nil
    guard names.isNull || names.arrayValue != nil else {
      throw TensorError(
        .type, "sg_model_fit: 'class_names' must be a list, one name for each class, not \(names.text())")
    }
    let limits = try FitLimits(.object(given))
    try model.fit(
      samples, targets: tensors.count == 2 ? tensors[1] : nil, classNames: names.arrayValue, steps: limits.steps,
      epochs: limits.epochs, callbacks: limits.listeners(model, function, context), eager: limits.eager,
      precision: limits.precision)
  }
}

extension Model {
  /// What a fit takes beside the samples, for messages.
  fileprivate var targetInWords: String {
    switch declaration.target {
    case .none: "nothing else"
    case .labels: "a label for each"
    case .values: "a target for each"
    }
  }
}

@_cdecl("sg_model_call") @implementation
public func sg_model_call(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ model: OpaquePointer?, _ function: UnsafePointer<CChar>?,
  _ inputs: UnsafePointer<OpaquePointer?>?, _ count: Int, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let model = try ModelHandle.from(model, "model").model
    let tensors = try TensorHandle.list(inputs, count, "inputs").map(\.tensor)
    let result = try model.call(
      text(function, "function"), tensors, SwiftGANABI.options(options).objectValue ?? [:])
    out.pointee = try TensorHandle(result).passedToC()
  }
}

@_cdecl("sg_model_sample") @implementation
public func sg_model_sample(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ model: OpaquePointer?, _ count: Int64, _ seed: UInt64,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let model = try ModelHandle.from(model, "model").model
    out.pointee = try TensorHandle(model.sample(Int(count), seed: seed)).passedToC()
  }
}

@_cdecl("sg_model_describe") @implementation
public func sg_model_describe(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ model: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(ModelHandle.from(model, "model").model.description.text())
  }
}

@_cdecl("sg_model_name") @implementation
public func sg_model_name(
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ model: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let name = try output(clearing: name, "name")
    name.pointee = try ModelHandle.from(model, "model").name.pointer
  }
}

@_cdecl("sg_model_options") @implementation
public func sg_model_options(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ model: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let values = try ModelHandle.from(model, "model").model.options.values
    json.pointee = try copied(JSON.object(values).text())
  }
}

@_cdecl("sg_model_history") @implementation
public func sg_model_history(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ model: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let model = try ModelHandle.from(model, "model").model
    let trainer = model.isBuilt ? try model.built.trainer : nil
    let history = trainer.map { trainer in trainer.betweenRounds { trainer.history } } ?? History()
    json.pointee = try copied(history.columns.text())
  }
}

@_cdecl("sg_model_information") @implementation
public func sg_model_information(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ model: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let model = try ModelHandle.from(model, "model").model
    if !model.isBuilt, let notFinite = model.notFinite {
      // A first fit that failed left no trainer to ask.
      let information: JSON = [
        "eager": false, "precision": .null, "untraced": .object([:]), "waiting": [], "not_finite": notFinite.json,
      ]
      json.pointee = try copied(information.text())
    } else {
      json.pointee = try copied(model.built.trainer.information.text())
    }
  }
}

@_cdecl("sg_model_layer") @implementation
public func sg_model_layer(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ model: OpaquePointer?, _ player: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let model = try ModelHandle.from(model, "model").model
    let player = try text(player, "player")
    out.pointee = LayerHandle(try model.built.trainer.game.network(player)).passedToC()
  }
}

@_cdecl("sg_model_save") @implementation
public func sg_model_save(
  _ model: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try ModelHandle.from(model, "model").model.save(to: text(path, "path")) }
}

@_cdecl("sg_model_load") @implementation
public func sg_model_load(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = ModelHandle(try Model.load(text(path, "path"))).passedToC()
  }
}

@_cdecl("sg_model_retain") @implementation
public func sg_model_retain(_ model: OpaquePointer?) -> OpaquePointer? { ModelHandle.retain(model) }

@_cdecl("sg_model_free") @implementation
public func sg_model_free(_ model: OpaquePointer?) { ModelHandle.release(model) }
