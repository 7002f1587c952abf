import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

/// What can be found by name, by kind.
private let registries: [(kind: String, json: @Sendable () -> JSON)] = [
  ("operation", { operationList }),
  ("layer", { LayerRegistry.shared.json }),
  ("optimizer", { OptimizerRegistry.shared.json }),
  ("objective", { ObjectiveRegistry.shared.json }),
  ("penalty", { PenaltyRegistry.shared.json }),
  ("model", { ModelRegistry.shared.json }),
  ("callback", { CallbackRegistry.shared.json }),
  ("dataset", { DatasetRegistry.shared.json }),
]

private let operationList = JSON.array(
  Operation.names.compactMap { Operation.find($0) }.map { operation in
    ["name": .string(operation.name), "attributes": .array(operation.attributes.map { .string($0) })]
  })

@_cdecl("sg_registry_list") @implementation
public func sg_registry_list(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ kind: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let kind = try text(kind, "kind")
    guard let registry = registries.first(where: { $0.kind == kind }) else {
      let known = registries.map(\.kind).joined(separator: ", ")
      throw TensorError(.value, "sg_registry_list: there is no registry of '\(kind)'; there are \(known)")
    }
    json.pointee = try copied(registry.json().text())
  }
}
