import SwiftGANCore
import Synchronization

/// The parameters of one network in the order of their making, with the network's mode and its random numbers.
///
/// Safe to use from several threads.
public final class ParameterStore: Sendable {
  /// Source of initial values and dropout masks; its state belongs into a checkpoint.
  public var random: RandomGenerator { contents.withLock { $0.random } }
  private let training = Atomic<Bool>(true)
  /// The trace in which the mode was set last: what it is from then on is not the trace's condition.
  private let setIn = Atomic<Int>(0)
  private let contents: Mutex<Contents>

  private struct Contents {
    var random: RandomGenerator
    var label: String?
    /// The first layer that mixes the examples of a batch.
    var batchLayer: String?
    /// Stores of the networks that this one contains.
    var parts: [(name: String, store: ParameterStore)] = []
    var ordered: [Parameter] = []
    var byName: [String: Parameter] = [:]
  }

  /// An empty store in training mode.
  /// - Parameter seed: the same seed and the same layers give the same initial values, bit for bit.
  public init(seed: UInt64 = 0) { contents = Mutex(Contents(random: RandomGenerator(seed: seed))) }

  /// What debugging and profiles call the network, such as "generator"; nil for one without a name.
  public var label: String? {
    get { contents.withLock { $0.label } }
    set { contents.withLock { $0.label = newValue } }
  }

  /// The first layer here, or in a network that this one contains, that says of an example what depends on the others of
  /// its batch, such as "batch_norm"; nil where there is none.
  public var batchLayer: String? {
    for store in family {
      if let name = store.contents.withLock({ $0.batchLayer }) { return name }
    }
    return nil
  }

  /// Notes that a layer of this network mixes the examples of a batch.
  public func noteBatchLayer(_ name: String) {
    contents.withLock { $0.batchLayer = $0.batchLayer ?? name }
  }

  /// All parameters and buffers in the order in which layers made them.
  public var parameters: [Parameter] { contents.withLock { $0.ordered } }

  /// The parameters that optimisers change.
  public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }

  /// The parameter of that name.
  public subscript(name: String) -> Parameter? { contents.withLock { $0.byName[name] } }

  /// Whether layers behave as in training (batch statistics, dropout) or as in use. Starts as true.
  public var isTraining: Bool {
    get {
      let bound = ThreadBindings.existing?.modes[ObjectIdentifier(self)]?.last
      let mode = bound?.isTraining ?? training.load(ordering: .relaxed)
      if let trace = Tracing.identity, bound?.trace != trace, setIn.load(ordering: .relaxed) != trace {
        Tracing.require { [weak self] in self.map { $0.isTraining == mode } ?? false }
      }
      return mode
    }
    set {
      for store in family {
        if let trace = Tracing.identity {
          _ = store.isTraining
          store.setIn.store(trace, ordering: .relaxed)
        }
        store.training.store(newValue, ordering: .relaxed)
        // A replay does not come by here, and changes the mode as the function did.
        Tracing.finish(store) { [weak store] in store?.training.store(newValue, ordering: .relaxed) }
      }
    }
  }

  /// Runs `body` in one mode on the current thread only: another thread may sample from a network that is in training.
  public func withTraining<Result>(_ isTraining: Bool, _ body: () throws -> Result) rethrows -> Result {
    let bindings = ThreadBindings.current
    let keys = family.map { ObjectIdentifier($0) }
    let mode = BoundMode(isTraining: isTraining, trace: Tracing.identity)
    for key in keys { bindings.modes[key, default: []].append(mode) }
    defer {
      for key in keys {
        _ = bindings.modes[key]?.popLast()
        if bindings.modes[key]?.isEmpty ?? false { bindings.modes[key] = nil }
      }
    }
    return try body()
  }

  // MARK: Networks made of networks

  /// Takes in the parameters of a network that becomes part of this one, each as `name` + "." + its name there. They stay
  /// the same parameters: what changes here changes there. From now on this store sets the part's mode, and the part
  /// draws its random numbers from here, so that one state covers the whole. A parameter that is already here under
  /// another name (shared between parts) is not taken in again.
  /// - Throws: `.value` for a name that is taken, empty or holds a dot; `.state` for a store that is part of itself.
  public func adopt(_ part: ParameterStore, as name: String) throws {
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ".") }) else {
      throw TensorError(
        .value, "'\(name)' is no name for a part of a network: it must not be empty or hold dots or spaces")
    }
    try adopt(part, at: name)
  }

  /// As ``adopt(_:as:)-(ParameterStore,_)``, at a dotted path; at the root the names stay as they are.
  func adopt(_ part: ParameterStore, at path: String) throws {
    let newcomers = part.family
    guard !newcomers.contains(where: { $0 === self }) else {
      throw TensorError(.state, "a network cannot become a part of itself")
    }
    let random = try contents.withLock { contents in
      guard !contents.parts.contains(where: { $0.name == path }) else {
        throw TensorError(.value, "there is already a part named '\(path)'; give each part a name of its own")
      }
      contents.parts.append((path, part))
      return contents.random
    }
    let prefix = path.isEmpty ? "" : path + "."
    // All names are looked at before any is taken, so that a store is never left with half of a part.
    for parameter in part.parameters where !parameters.contains(where: { $0.identity == parameter.identity }) {
      if self[prefix + parameter.name] != nil { throw taken(prefix + parameter.name) }
    }
    for parameter in part.parameters { try adopt(parameter, as: prefix + parameter.name) }
    for store in newcomers { store.contents.withLock { $0.random = random } }
  }

  /// Takes in one parameter of another store, or of none, under a name of its own here.
  /// - Throws: `.value` for a name that is taken.
  public func adopt(_ parameter: Parameter, as name: String) throws {
    guard !parameters.contains(where: { $0.identity == parameter.identity }) else { return }
    try insert(Parameter(name: name, sharing: parameter))
  }

  /// This store and those of all parts, each once.
  private var family: [ParameterStore] {
    var found: [ParameterStore] = []
    var open = [self]
    while let store = open.popLast() {
      guard !found.contains(where: { $0 === store }) else { continue }
      found.append(store)
      open.append(contentsOf: store.contents.withLock { $0.parts.map(\.store) })
    }
    return found
  }

  private func taken(_ name: String) -> TensorError {
    TensorError(
      .value, "there is already a parameter '\(name)'; give each layer a scope of its own, as in scope[\"fc2\"]")
  }

  func insert(_ parameter: Parameter) throws {
    try contents.withLock { contents in
      guard contents.byName[parameter.name] == nil else { throw taken(parameter.name) }
      contents.byName[parameter.name] = parameter
      contents.ordered.append(parameter)
    }
  }
}
