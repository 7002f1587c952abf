import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

final class LayerHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.layer
  let network: Network

  init(_ network: Network) {
    self.network = network
    super.init(.layer)
  }
}

/// `{"name": name, ...options}`: how registries are asked for a thing by name.
func specification(_ name: String, _ options: JSON, _ function: String = #function) throws(TensorError) -> JSON {
  var members: JSONObject = ["name": .string(name)]
  for (key, value) in options.objectValue ?? [:] {
    guard key != "name" else {
      throw TensorError(.type, "\(cName(function)): the options must not hold \"name\"; the name is an argument")
    }
    members[key] = value
  }
  return .object(members)
}

@_cdecl("sg_layer_create") @implementation
public func sg_layer_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ generator: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try layer(text(name, "name"), SwiftGANABI.options(options), parts: [], generator).passedToC()
  }
}

@_cdecl("sg_layer_create_with") @implementation
public func sg_layer_create_with(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ parts: UnsafePointer<OpaquePointer?>?, _ partCount: Int, _ generator: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let parts = try LayerHandle.list(parts, partCount, "parts").map(\.network)
    out.pointee = try layer(text(name, "name"), SwiftGANABI.options(options), parts: parts, generator).passedToC()
  }
}

private func layer(
  _ name: String, _ options: JSON, parts: [Network], _ generator: OpaquePointer?, _ function: String = #function
) throws -> LayerHandle {
  // A layer that is refused must not use up a seed.
  let resolved = try LayerRegistry.shared.resolve(specification(name, options, function))
  let seed = try GeneratorHandle.from(generator, "generator").nextSeed()
  return LayerHandle(try Network(resolved, seed: seed, parts: parts))
}

@_cdecl("sg_layer_from_specification") @implementation
public func sg_layer_from_specification(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ specification: UnsafePointer<CChar>?, _ generator: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let json = try JSON.parse(text(specification, "specification"))
    let resolved = try LayerRegistry.shared.resolve(json)
    let seed = try GeneratorHandle.from(generator, "generator").nextSeed()
    out.pointee = LayerHandle(try Network(resolved, seed: seed)).passedToC()
  }
}

@_cdecl("sg_layer_sequential") @implementation
public func sg_layer_sequential(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ layers: UnsafePointer<OpaquePointer?>?, _ count: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let parts = try LayerHandle.list(layers, count, "layers").map(\.network)
    let store = try store(of: parts.enumerated().map { (String($0.offset), $0.element) })
    let known = parts.compactMap(\.specification)
    let specification: JSON? =
      known.count == parts.count ? ["name": "sequential", "layers": .array(known)] : nil
    let network = Network(Sequential(parts.map(\.layer)), store: store, specification: specification)
    out.pointee = LayerHandle(network).passedToC()
  }
}

/// A store that holds the parameters of all parts, each part's under its name.
func store(of parts: [(name: String, network: Network)]) throws -> ParameterStore {
  // The whole draws its random numbers from a source of its own, which is as random as the parts'.
  let seed = parts.reduce(0x5347_414e) { ($0 &* 0x9e37_79b9_7f4a_7c15) ^ $1.network.store.random.state.seed }
  // A module puts its layers together at its first call; what it is made of lives on, also when that call is traced.
  let store = Tracing.suspended { ParameterStore(seed: seed) }
  for (name, network) in parts { try store.adopt(network.store, as: name) }
  return store
}

@_cdecl("sg_layer_apply") @implementation
public func sg_layer_apply(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ layer: OpaquePointer?, _ input: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let network = try LayerHandle.from(layer, "layer").network
    out.pointee = try TensorHandle(network(TensorHandle.from(input, "input").tensor)).passedToC()
  }
}

@_cdecl("sg_layer_parameter_count") @implementation
public func sg_layer_parameter_count(
  _ count: UnsafeMutablePointer<Int>?, _ layer: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let count = try output(count, "count")
    count.pointee = try LayerHandle.from(layer, "layer").network.parameters.count
  }
}

@_cdecl("sg_layer_parameter") @implementation
public func sg_layer_parameter(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ layer: OpaquePointer?, _ index: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let parameters = try LayerHandle.from(layer, "layer").network.parameters
    guard parameters.indices.contains(index) else {
      throw TensorError(
        .index,
        "sg_layer_parameter: index \(UInt(bitPattern: index)) is out of range; there are \(parameters.count) parameters"
      )
    }
    out.pointee = ParameterHandle(parameters[index]).passedToC()
  }
}

@_cdecl("sg_layer_set_training") @implementation
public func sg_layer_set_training(
  _ layer: OpaquePointer?, _ training: Int32, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try LayerHandle.from(layer, "layer").network.isTraining = training != 0 }
}

@_cdecl("sg_layer_is_training") @implementation
public func sg_layer_is_training(_ layer: OpaquePointer?) -> Int32 {
  LayerHandle.ifValid(layer)?.network.isTraining == true ? 1 : 0
}

@_cdecl("sg_layer_set_seed") @implementation
public func sg_layer_set_seed(
  _ layer: OpaquePointer?, _ seed: UInt64, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    try LayerHandle.from(layer, "layer").network.store.random.state = RandomGenerator.State(seed: seed, counter: 0)
  }
}

@_cdecl("sg_layer_specification") @implementation
public func sg_layer_specification(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ layer: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    guard let specification = try LayerHandle.from(layer, "layer").network.specification else {
      throw TensorError(
        .state, "sg_layer_specification: callbacks take part in this layer, and a callback cannot be written down")
    }
    json.pointee = try copied(specification.text())
  }
}

@_cdecl("sg_layer_save") @implementation
public func sg_layer_save(
  _ layer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try LayerHandle.from(layer, "layer").network.save(to: text(path, "path")) }
}

@_cdecl("sg_layer_load") @implementation
public func sg_layer_load(
  _ layer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try LayerHandle.from(layer, "layer").network.load(from: text(path, "path")) }
}

@_cdecl("sg_layer_retain") @implementation
public func sg_layer_retain(_ layer: OpaquePointer?) -> OpaquePointer? { LayerHandle.retain(layer) }

@_cdecl("sg_layer_free") @implementation
public func sg_layer_free(_ layer: OpaquePointer?) { LayerHandle.release(layer) }
