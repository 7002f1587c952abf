#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A lock that threads get in the order in which they asked, and that its holder may take again.
///
/// A training loop frees its lock for an instant between steps; an ordinary mutex would be taken again by the loop before
/// a thread that wants a sample wakes up, and that thread could wait for minutes.
final class FairLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var nextTicket: UInt64 = 0
  private var servedTicket: UInt64 = 0
  private var holder: pthread_t?
  private var depth = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` while no other thread is inside.
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  private func lock() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let holder, pthread_equal(holder, pthread_self()) != 0 {
      depth += 1
      return
    }
    let ticket = nextTicket
    nextTicket += 1
    while servedTicket != ticket { pthread_cond_wait(condition, mutex) }
    holder = pthread_self()
    depth = 1
  }

  private func unlock() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    depth -= 1
    guard depth == 0 else { return }
    holder = nil
    servedTicket += 1
    pthread_cond_broadcast(condition)
  }
}
