import Synchronization

/// How the host of the library (Python, say) ends a long call from outside: it sets a function that is asked between the
/// pieces of a call's work, on the thread that called.
public enum Interruption {
  /// Throws to make the call that is under way give up; the error is what the call then fails with.
  public typealias Check = @Sendable () throws(TensorError) -> Void

  /// The time between two questions of a process, in nanoseconds: asking may cost a lock of the host's.
  private static let interval: UInt64 = 50_000_000
  private static let check = Mutex<Check?>(nil)
  private static let isSet = Atomic<Bool>(false)
  private static let next = Atomic<UInt64>(0)

  /// Sets the function; nil for none.
  public static func set(_ function: Check?) {
    check.withLock { $0 = function }
    isSet.store(function != nil, ordering: .releasing)
  }

  /// Asks whether to give up, when it is time to: what long work calls between its pieces, at places where nothing is half
  /// done.
  public static func ask() throws(TensorError) {
    guard isSet.load(ordering: .acquiring) else { return }
    let now = SteadyClock.now
    guard now >= next.load(ordering: .relaxed) else { return }
    next.store(now &+ interval, ordering: .relaxed)
    // Not under the lock: the function may take the host's own, and as long as it likes.
    try check.withLock { $0 }?()
  }
}
