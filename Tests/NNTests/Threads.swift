#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thread's work and where its result goes; joined before anyone else looks.
private final class Work: @unchecked Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Room for what the threads give, one place for each.
private final class Results<T: Sendable>: @unchecked Sendable {
  let places: UnsafeMutableBufferPointer<Result<T, any Error>?>

  init(_ count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: nil)
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }
}

/// What `body` gives on each of `count` threads at once; nil where a thread could not be started.
func onThreads<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> T) -> [Result<T, any Error>?] {
  let results = Results<T>(count)
  var threads: [pthread_t] = []
  for index in 0..<count {
    let work = Unmanaged.passRetained(Work { results.places[index] = Result { try body(index) } })
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, work.toOpaque())
      if status == 0, let thread { threads.append(thread) } else { work.release() }
    #else
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
          return nil
        }, work.toOpaque())
      if status == 0 { threads.append(thread) } else { work.release() }
    #endif
  }
  for thread in threads { pthread_join(thread, nil) }
  return Array(results.places)
}

/// What `body` gives on a thread of its own; nil when it throws.
func onAnotherThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) -> T? {
  try? onThreads(1) { _ in try body() }.first??.get()
}
