import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the current thread is doing with gradients and traces. Each thread has its own, so that one may train while
/// another samples.
final class ThreadState {
  /// How many gradient computations are under way, one inside the other.
  var gradientDepth = 0
  /// How many requests not to record are in force.
  var pauseDepth = 0
  /// The trace that operations are written into; nil where they run at once.
  var trace: Trace?
  /// The precisions of products that are in force here alone; the innermost last.
  var precisions: [MatmulPrecision] = []
  /// How often memory was asked for: what proves that a replay asks for none.
  var allocations = 0
  /// Where the thread is, while an instrument is in use; outermost first.
  var places: [Place.Entry] = []
  /// Its number, from 1 in the order in which threads came here.
  let number = ThreadState.count.wrappingAdd(1, ordering: .relaxed).newValue

  private static let count = Atomic<Int>(0)

  var isRecording: Bool { pauseDepth == 0 }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { object in
      #if canImport(Darwin)
        Unmanaged<ThreadState>.fromOpaque(object).release()
      #else
        if let object { Unmanaged<ThreadState>.fromOpaque(object).release() }
      #endif
    }
    return key
  }()

  static var current: ThreadState {
    if let object = pthread_getspecific(key) { return Unmanaged<ThreadState>.fromOpaque(object).takeUnretainedValue() }
    let state = ThreadState()
    pthread_setspecific(key, Unmanaged.passRetained(state).toOpaque())
    return state
  }
}
