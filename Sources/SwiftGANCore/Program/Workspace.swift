import Synchronization

/// Memory for what programs compute on the way. Programs that run one after another use the same.
final class WorkspacePool: Sendable {
  static let shared = WorkspacePool()

  private let idle = Mutex<[Storage]>([])

  /// Memory of at least so many bytes, for one run.
  func take(_ byteCount: Int) throws(TensorError) -> Storage {
    let found: Storage? = idle.withLock { idle in
      guard
        let index = idle.indices.filter({ idle[$0].byteCount >= byteCount }).min(by: {
          idle[$0].byteCount < idle[$1].byteCount
        })
      else {
        // One that is too small is given up for a larger one, so that there are as many as programs run at once.
        _ = idle.popLast()
        return nil
      }
      return idle.remove(at: index)
    }
    if let found { return found }
    return try Storage(byteCount: byteCount)
  }

  /// Gives memory back after a run.
  func give(_ storage: Storage) { idle.withLock { $0.append(storage) } }

  /// Lets idle memory go.
  func trim() { idle.withLock { $0.removeAll() } }
}
