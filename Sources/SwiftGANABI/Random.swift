import CSwiftGAN
import SwiftGANCore

final class GeneratorHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.generator
  let generator: RandomGenerator

  init(seed: UInt64) {
    generator = RandomGenerator(seed: seed)
    super.init(.generator)
  }

  /// A seed for something that has a generator of its own, such as the next layer.
  func nextSeed() throws(TensorError) -> UInt64 {
    try requireNoTrace("make layers")
    let words = try generator.next().folded(0).tensor.scalars(as: Int64.self)
    return words.reduce(0) { $0 ^ UInt64(bitPattern: $1) }
  }
}

extension GeneratorHandle {
  /// Throws while a function is traced: a replay would not do again what is done with the seed or the position now.
  func requireNoTrace(_ what: String) throws(TensorError) {
    guard Tracing.isActive else { return }
    throw TensorError(
      .state, "this cannot be done while a function is traced, as a replay would not repeat it: \(what) outside of it")
  }
}

/// The key in a tensor from C.
private func key(_ pointer: OpaquePointer?, _ function: String = #function) throws(TensorError) -> RandomKey {
  let tensor = try TensorHandle.from(pointer, "key", function).tensor
  guard tensor.dtype == .int64, tensor.shape == [2] else {
    throw TensorError(
      .type,
      "\(cName(function)): a key is an int64 tensor of shape (2,), not \(tensor.dtype) of shape "
        + describe(shape: tensor.shape))
  }
  return RandomKey(tensor)
}

@_cdecl("sg_random_key") @implementation
public func sg_random_key(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ seed: UInt64, _ stream: UInt64,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try TensorHandle(RandomKey(seed: seed, stream: stream).tensor).passedToC()
  }
}

@_cdecl("sg_random_split") @implementation
public func sg_random_split(
  _ outs: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ key: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let outs = try outputs(clearing: outs, count, "outs")
    try outs.fill(try SwiftGANABI.key(key).split(count).map(\.tensor))
  }
}

@_cdecl("sg_random_fold") @implementation
public func sg_random_fold(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ key: OpaquePointer?, _ index: UInt64,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try TensorHandle(SwiftGANABI.key(key).folded(Int(bitPattern: UInt(index))).tensor).passedToC()
  }
}

@_cdecl("sg_generator_create") @implementation
public func sg_generator_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ seed: UInt64, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = GeneratorHandle(seed: seed).passedToC()
  }
}

@_cdecl("sg_generator_next") @implementation
public func sg_generator_next(
  _ key: UnsafeMutablePointer<OpaquePointer?>?, _ generator: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let key = try output(clearing: key, "key")
    key.pointee = try TensorHandle(GeneratorHandle.from(generator, "generator").generator.next().tensor).passedToC()
  }
}

@_cdecl("sg_generator_get_state") @implementation
public func sg_generator_get_state(
  _ seed: UnsafeMutablePointer<UInt64>?, _ counter: UnsafeMutablePointer<UInt64>?, _ generator: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let (seed, counter) = (try output(seed, "seed"), try output(counter, "counter"))
    let handle = try GeneratorHandle.from(generator, "generator")
    try handle.requireNoTrace("read a generator's position")
    let state = handle.generator.state
    seed.pointee = state.seed
    counter.pointee = state.counter
  }
}

@_cdecl("sg_generator_set_state") @implementation
public func sg_generator_set_state(
  _ generator: OpaquePointer?, _ seed: UInt64, _ counter: UInt64, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let handle = try GeneratorHandle.from(generator, "generator")
    try handle.requireNoTrace("set a generator's position")
    handle.generator.state = RandomGenerator.State(seed: seed, counter: counter)
  }
}

@_cdecl("sg_generator_retain") @implementation
public func sg_generator_retain(_ generator: OpaquePointer?) -> OpaquePointer? { GeneratorHandle.retain(generator) }

@_cdecl("sg_generator_free") @implementation
public func sg_generator_free(_ generator: OpaquePointer?) { GeneratorHandle.release(generator) }
