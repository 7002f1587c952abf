/// The places of a program's variables: tensors on them are made once, and each replay only moves the places.
///
/// A variable is an argument or a state (memory that the caller holds), a result (memory that is handed out), or lies in
/// the workspace that all programs share.
final class Slots {
  private var storages: [Int: Storage] = [:]
  private let specs: [TensorSpec]
  private let placement: Placement

  init(_ specs: [TensorSpec], _ placement: Placement) { (self.specs, self.placement) = (specs, placement) }

  /// The place of a variable.
  func storage(_ variable: Int) -> Storage {
    if let known = storages[variable] { return known }
    let made = Storage(slotOf: byteCount(variable))
    storages[variable] = made
    return made
  }

  /// The bytes of a variable.
  func byteCount(_ variable: Int) -> Int {
    specs[variable].shape.reduce(1, *) * specs[variable].dtype.byteSize
  }

  /// The tensor that an instruction reads.
  func tensor(_ operand: Operand) -> Tensor {
    switch operand {
    case .constant(let tensor): return tensor
    case .variable(let index, let layout, let dtype):
      let place = placement.resolved(index, layout)
      return Tensor(node: Node(storage: storage(place.variable), layout: place.layout, dtype: dtype))
    }
  }

  /// The whole of a variable.
  func tensor(of variable: Int) -> Tensor {
    let spec = specs[variable]
    return tensor(.variable(variable, Layout(contiguous: spec.shape), spec.dtype))
  }
}
