import CSwiftGAN
import SwiftGANCore
import SwiftGANModels

@_cdecl("sg_dataset_load") @implementation
public func sg_dataset_load(
  _ data: UnsafeMutablePointer<OpaquePointer?>?, _ labels: UnsafeMutablePointer<OpaquePointer?>?,
  _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    labels?.pointee = nil
    let data = try output(clearing: data, "data")
    let loaded = try DatasetRegistry.shared.make(specification(text(name, "name"), SwiftGANABI.options(options)))
    let samples = try TensorHandle(loaded.data)
    if let labels { labels.pointee = try loaded.labels.map { try TensorHandle($0).passedToC() } }
    data.pointee = samples.passedToC()
  }
}

@_cdecl("sg_dataset_information") @implementation
public func sg_dataset_information(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ name: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(DatasetRegistry.information(text(name, "name")).text())
  }
}
