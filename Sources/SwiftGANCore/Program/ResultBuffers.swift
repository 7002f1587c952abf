/// Memory for one result of a program, used again when nobody holds the tensor that was handed out on it. A state's new
/// value is written beside the old one, which others may be reading: two buffers that take turns.
struct ResultBuffers {
  private var buffers: [Storage] = []
  let byteCount: Int
  private static let most = 3

  init(byteCount: Int) { self.byteCount = byteCount }

  /// Memory that no tensor looks at.
  mutating func take() throws(TensorError) -> Storage {
    for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) { return buffers[index] }
    let made = try Storage(byteCount: byteCount)
    if buffers.count == ResultBuffers.most { buffers.removeFirst() }
    buffers.append(made)
    return made
  }
}
