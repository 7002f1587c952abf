import CSwiftGAN
import SwiftGANCore
import SwiftGANModels

/// One look at a game, as JSON.
private func look(
  _ trainer: Trainer, _ heldOut: UnsafePointer<OpaquePointer?>?, _ count: Int, _ given: UnsafePointer<CChar>?,
  _ function: String
) throws -> JSON {
  let rows = count == 0 ? [] : try TensorHandle.list(heldOut, count, "held_out").map(\.tensor)
  return try trainer.diagnose(heldOut: rows, options(given, "options", function).objectValue ?? [:]).json
}

@_cdecl("sg_trainer_diagnose") @implementation
public func sg_trainer_diagnose(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ trainer: OpaquePointer?,
  _ heldOut: UnsafePointer<OpaquePointer?>?, _ count: Int, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let trainer = try TrainerHandle.from(trainer, "trainer").trainer
    json.pointee = try copied(look(trainer, heldOut, count, options, #function).text())
  }
}

@_cdecl("sg_model_diagnose") @implementation
public func sg_model_diagnose(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ model: OpaquePointer?,
  _ heldOut: UnsafePointer<OpaquePointer?>?, _ count: Int, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let trainer = try ModelHandle.from(model, "model").model.built.trainer
    json.pointee = try copied(look(trainer, heldOut, count, options, #function).text())
  }
}
