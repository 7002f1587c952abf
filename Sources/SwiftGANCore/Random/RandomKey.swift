import Synchronization

/// A key of counter-based random numbers (Philox4x32-10): whoever holds the same key draws the same numbers, on any number
/// of threads. Use a key once; split it for more.
public struct RandomKey: Sendable {
  /// The int64 [2] tensor (seed, stream) that random primitives take.
  public let tensor: Tensor

  /// The key of a seed and one of its 2^64 streams.
  public init(seed: UInt64, stream: UInt64 = 0) {
    tensor = Tensor([Int64(bitPattern: seed), Int64(bitPattern: stream)])
  }

  /// A key held in a tensor (int64, shape (2,)).
  public init(_ tensor: Tensor) { self.tensor = tensor }

  /// `n` independent keys.
  public func split(_ n: Int) -> [RandomKey] {
    let children = apply(.named("random_split"), [tensor], ["n": .int(n)])
    return (0..<Swift.max(n, 0)).map { RandomKey(children[$0]) }
  }

  /// The independent key with number `index`.
  public func folded(_ index: Int) -> RandomKey {
    RandomKey(apply(.named("random_split"), [tensor], ["n": .int(1), "start": .int(index)])[0])
  }
}

/// A source of keys with a position: the state of everything random in a training run. Safe to use from several threads.
///
/// In a traced function it is a state: each replay draws the keys that follow those of the last.
public final class RandomGenerator: TracedState {
  /// Where a source stands.
  public struct State: Sendable, Equatable {
    /// The seed of all its keys.
    public var seed: UInt64
    /// Keys handed out so far.
    public var counter: UInt64

    /// A place to go on from.
    public init(seed: UInt64, counter: UInt64) {
      self.seed = seed
      self.counter = counter
    }
  }

  private let stored: Mutex<State>
  /// The trace in which it was made; nil for none.
  public let birth = Tracing.identity

  /// Where the source stands; set it to go on from a checkpoint.
  public var state: State {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  /// A source at its start.
  public init(seed: UInt64) { stored = Mutex(State(seed: seed, counter: 0)) }

  /// What it is called in messages.
  public var stateName: String { "random numbers" }

  /// Seed and position as the tensor that a key is: the next key.
  public var heldValue: Tensor {
    get {
      let state = state
      return RandomKey(seed: state.seed, stream: state.counter).tensor
    }
    set {
      guard let words = try? newValue.scalars(as: Int64.self), words.count == 2 else { return }
      state = State(seed: UInt64(bitPattern: words[0]), counter: UInt64(bitPattern: words[1]))
    }
  }

  /// A key that has not been handed out before.
  public func next() -> RandomKey {
    if Tracing.isActive {
      let key = Tracing.read(self)
      Tracing.write(self, key + Tensor([0, 1] as [Int64]))
      return RandomKey(key)
    }
    let taken = stored.withLock { state in
      defer { state.counter &+= 1 }
      return state
    }
    return RandomKey(seed: taken.seed, stream: taken.counter)
  }
}

extension Tensor {
  private static func draw(_ name: String, _ shape: [Int], _ key: RandomKey, _ more: Attributes) -> Tensor {
    apply(.named(name), [key.tensor], more.setting("shape", .ints(shape)))
  }

  /// Normal numbers with the given mean and standard deviation.
  public static func randomNormal(
    _ shape: [Int], key: RandomKey, mean: Double = 0, std: Double = 1, dtype: DType = .float32
  ) -> Tensor {
    let z = draw("random_normal", shape, key, ["dtype": .dtype(dtype)])
    let scaled = std == 1 ? z : z * std
    return mean == 0 ? scaled : scaled + mean
  }

  /// Uniform numbers in [low, high).
  public static func randomUniform(
    _ shape: [Int], key: RandomKey, low: Double = 0, high: Double = 1, dtype: DType = .float32
  ) -> Tensor {
    let u = draw("random_uniform", shape, key, ["dtype": .dtype(dtype)])
    let scaled = high - low == 1 ? u : u * (high - low)
    return low == 0 ? scaled : scaled + low
  }

  /// True with probability `p`.
  public static func randomBernoulli(_ shape: [Int], p: Double = 0.5, key: RandomKey) -> Tensor {
    draw("random_bernoulli", shape, key, ["p": .double(p)])
  }

  /// Integers (int64) from `low` up to but not including `high`.
  public static func randomIntegers(_ shape: [Int], low: Int, high: Int, key: RandomKey) -> Tensor {
    draw("random_integers", shape, key, ["low": .int(low), "high": .int(high)])
  }

  /// The numbers 0 to n - 1 (int64) in random order.
  public static func randomPermutation(_ n: Int, key: RandomKey) -> Tensor {
    apply(.named("random_permutation"), [key.tensor], ["n": .int(n)])
  }
}
