import SwiftGANKernels
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Counts how often each item ran.
private final class Counter: Sendable {
  let counts: Mutex<[Int]>
  let nested: Int64
  init(items: Int, nested: Int64 = 0) {
    counts = Mutex([Int](repeating: 0, count: items))
    self.nested = nested
  }

  func run() {
    let items = Int64(counts.withLock { $0.count })
    sgk_parallel(
      items,
      { context, item in
        guard let context else { return }
        let counter = Unmanaged<Counter>.fromOpaque(context).takeUnretainedValue()
        counter.counts.withLock { $0[Int(item)] += 1 }
        if counter.nested > 0 { Counter(items: Int(counter.nested)).run() }
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

/// Runs `body` on new threads and waits for them.
func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let shared = Body(body)
  #if canImport(Darwin)
    var threads = [pthread_t?](repeating: nil, count: count)
    for i in 0..<count {
      pthread_create(
        &threads[i], nil,
        {
          Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run()
          return nil
        },
        Unmanaged.passRetained(shared).toOpaque())
    }
    for case let thread? in threads { pthread_join(thread, nil) }
  #else
    var threads = [pthread_t](repeating: 0, count: count)
    for i in 0..<count {
      pthread_create(
        &threads[i], nil,
        { argument in
          if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
          return nil
        }, Unmanaged.passRetained(shared).toOpaque())
    }
    for thread in threads { pthread_join(thread, nil) }
  #endif
}

@Suite struct KernelPoolTests {
  @Test(arguments: [1, 2, 3, 8] as [Int32]) func runsEveryItemOnce(threads: Int32) {
    KernelSettings.with(threads: threads) {
      #expect(sgk_num_threads() == threads)
      for items in [0, 1, 2, 3, 64, 1000] {
        let counter = Counter(items: items)
        for _ in 0..<20 { counter.run() }
        #expect(counter.counts.withLock { $0.allSatisfy { $0 == 20 } }, "\(items) items")
      }
    }
  }

  @Test func clampsTheNumberOfThreads() {
    KernelSettings.with(threads: 2) {
      sgk_set_num_threads(0)
      #expect(sgk_num_threads() == 1)
      sgk_set_num_threads(-5)
      #expect(sgk_num_threads() == 1)
      sgk_set_num_threads(.max)
      #expect(sgk_num_threads() == 256)
    }
  }

  @Test func runsNestedCalls() {
    KernelSettings.with(threads: 4) {
      let counter = Counter(items: 50, nested: 7)
      counter.run()
      #expect(counter.counts.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func servesSeveralCallersWhileTheThreadsChange() {
    KernelSettings.with(threads: 2) {
      let finished = Atomic(0)
      onThreads(4) {
        for _ in 0..<300 {
          let counter = Counter(items: 33)
          counter.run()
          if counter.counts.withLock({ $0.allSatisfy { $0 == 1 } }) { finished.add(1, ordering: .relaxed) }
          sgk_set_num_threads(Int32(finished.load(ordering: .relaxed) % 5))
        }
      }
      #expect(finished.load(ordering: .relaxed) == 4 * 300)
    }
  }

  @Test func worksInAForkedChild() throws {
    // Swift hides fork(); a Python host calls it all the same.
    let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "fork"))
    let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
    KernelSettings.with(threads: 3) {
      Counter(items: 100).run()  // the pool's threads exist
      let written = UnsafeMutablePointer<Int64>.allocate(capacity: 1000)
      written.initialize(repeating: 0, count: 1000)
      defer { written.deallocate() }
      for _ in 0..<5 {
        let child = fork()
        if child == 0 {
          // No allocation and no lock here: other threads of the parent may have held them.
          sgk_parallel(
            1000, { context, item in context?.assumingMemoryBound(to: Int64.self)[Int(item)] = item + 1 }, written)
          var sum: Int64 = 0
          for i in 0..<1000 { sum += written[i] }
          _exit(sum == 500_500 ? 0 : 1)
        }
        var status: Int32 = -1
        #expect(waitpid(child, &status, 0) == child)
        #expect(status == 0, "the child's wait status")
      }
    }
  }

  @Test func leavesSignalsToTheHost() {
    KernelSettings.with(threads: 3) {
      final class Seen: Sendable {
        // A number on Linux, a pointer on Darwin.
        #if canImport(Darwin)
          nonisolated(unsafe) let caller = pthread_self()
        #else
          let caller = pthread_self()
        #endif
        let onWorkers = Atomic(0)
        let interruptible = Atomic(0)
      }
      let seen = Seen()
      for _ in 0..<50 where seen.onWorkers.load(ordering: .relaxed) == 0 {
        sgk_parallel(
          64,
          { context, _ in
            usleep(100)  // long enough for a worker to wake up and take an item
            guard let context else { return }
            let seen = Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue()
            if pthread_equal(pthread_self(), seen.caller) != 0 { return }
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            seen.onWorkers.add(1, ordering: .relaxed)
            if sigismember(&mask, SIGINT) == 0 { seen.interruptible.add(1, ordering: .relaxed) }
          }, Unmanaged.passUnretained(seen).toOpaque())
      }
      #expect(seen.onWorkers.load(ordering: .relaxed) > 0)
      #expect(seen.interruptible.load(ordering: .relaxed) == 0)
    }
  }
}
