import SwiftGANCore
import Synchronization

/// How one kind of thing is made by name: its options with defaults and documentation, and the function that makes it.
public struct Registration<Context, Product>: Sendable {
  /// The name in JSON, in snake_case.
  public let name: String
  /// Other names by which it is found, such as the papers' abbreviations; ``name`` is the one that files keep.
  public let aliases: [String]
  /// One sentence for documentation.
  public let summary: String
  /// The options, in the order of a Python signature.
  public let options: [OptionDescription]
  /// The further inputs of a layer, as far as its options do not decide them.
  public let inputs: [PortDescription]
  /// The further outputs of a layer, as far as its options do not decide them.
  public let outputs: [PortDescription]
  /// What else documentation and other languages are told of it, beside name, summary and options.
  public let details: JSONObject
  let make: @Sendable (Options, Context) throws -> Product

  /// - Parameter make: gets options that were checked against `options`, and where to make the thing.
  public init(
    _ name: String, aliases: [String] = [], _ summary: String, options: [OptionDescription] = [],
    inputs: [PortDescription] = [],
    outputs: [PortDescription] = [], details: JSONObject = [:],
    make: @escaping @Sendable (Options, Context) throws -> Product
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.options = options
    self.inputs = inputs
    self.outputs = outputs
    self.details = details
    self.make = make
  }
}

/// Finds things of one kind by name and makes them from JSON: `{"name": "dense", "in_features": 2, "out_features": 64}`,
/// or just `"relu"` where no option is needed.
public final class Registry<Context, Product>: Sendable {
  /// What its things are called in messages: "layer".
  public let noun: String
  private let contents: Mutex<[Registration<Context, Product>]>
  private let own: Set<String>
  private let common: [OptionDescription]
  private let place: @Sendable (Options, Context) throws -> Context
  private let part: (@Sendable (Int, Context) throws -> Product)?

  /// A registry of things called `noun`, with those that come with the library.
  /// - Parameters:
  ///   - common: options that everything here takes beside its own, with null as their default.
  ///   - place: where to make a thing with such options.
  ///   - part: finds what `{"part": index}` means in place of a specification: a thing that exists and that the context
  ///     brings along. Nil where there is no such.
  public init(
    _ noun: String, _ registrations: [Registration<Context, Product>], common: [OptionDescription] = [],
    place: @escaping @Sendable (Options, Context) throws -> Context = { $1 },
    part: (@Sendable (Int, Context) throws -> Product)? = nil
  ) {
    self.noun = noun
    self.contents = Mutex(registrations)
    self.own = Set(registrations.map(\.name))
    self.common = common
    self.place = place
    self.part = part
  }

  /// The index in `{"part": index}`.
  private func partIndex(_ specification: JSON) -> Int? {
    guard part != nil, let members = specification.objectValue, members.count == 1 else { return nil }
    return members["part"]?.intValue
  }

  /// All registrations in order.
  public var registrations: [Registration<Context, Product>] { contents.withLock { $0 } }

  /// The names that can be made.
  public var names: [String] { registrations.map(\.name) }

  /// Adds one's own kind of thing.
  /// - Throws: `.value` when the name is taken.
  public func register(_ registration: Registration<Context, Product>) throws {
    try contents.withLock { list in
      let taken = list.flatMap { [$0.name] + $0.aliases }
      if let name = ([registration.name] + registration.aliases).first(where: taken.contains) {
        throw TensorError(.value, "there is already \(withArticle(noun)) named '\(name)'")
      }
      list.append(registration)
    }
  }

  /// Adds one's own kind of thing, in the place of one of that name that was added before: a definition that is run again.
  /// - Throws: `.value` when the name is one of those that come with the library.
  public func replace(_ registration: Registration<Context, Product>) throws {
    func isReplaced(_ one: Registration<Context, Product>) -> Bool {
      one.name == registration.name && !own.contains(one.name)
    }
    // What goes is let go of outside of the lock: a callback's deleter may call the library.
    let replaced = contents.withLock { list in
      defer { list.removeAll(where: isReplaced) }
      return list.filter(isReplaced)
    }
    try withExtendedLifetime(replaced) { try register(registration) }
  }

  /// The registration of that name.
  /// - Throws: `.value` with the known names.
  public func find(_ name: String) throws -> Registration<Context, Product> {
    let all = registrations
    if let found = all.first(where: { $0.name == name || $0.aliases.contains(name) }) { return found }
    let known = all.map(\.name)
    // The nearest comes first: C's messages have an end, and the list may reach beyond it.
    let nearest = suggestion(for: name, among: known + all.flatMap(\.aliases))
    let list = "\(nearest.isEmpty ? "; there" : "\(nearest) There") are \(known.joined(separator: ", "))"
    throw TensorError(.value, "there is no \(noun) named '\(name)'\(list)")
  }

  /// Makes the thing that a specification describes.
  /// - Throws: `.value` or `.type`, naming what is wrong in the specification; what making it throws.
  public func make(_ specification: JSON, in context: Context) throws -> Product {
    if let part, let index = partIndex(specification) { return try part(index, context) }
    let (registration, options) = try read(specification)
    return try registration.make(options, place(options, context))
  }

  /// The specification with every default written out: it goes on meaning the same when a default changes.
  /// - Throws: as ``make(_:in:)``.
  public func resolve(_ specification: JSON) throws -> JSON {
    if partIndex(specification) != nil { return specification }
    let (registration, options) = try read(specification)
    var members: JSONObject = ["name": JSON(registration.name)]
    for (key, value) in options.values where !value.isNull || !common.contains(where: { $0.name == key }) {
      members[key] = value
    }
    return .object(members)
  }

  private func read(_ specification: JSON) throws -> (Registration<Context, Product>, Options) {
    var given = JSONObject()
    let name: String
    switch specification {
    case .string(let word): name = word
    case .object(var members):
      guard let word = members["name"]?.stringValue else {
        throw TensorError(
          .type, "the specification of a \(noun) needs a \"name\" that is a string; this is \(specification.text())")
      }
      members["name"] = nil
      given = members
      name = word
    default:
      throw TensorError(
        .type, "the specification of a \(noun) is its name or an object with \"name\", not \(specification.text())")
    }
    let registration = try find(name)
    return (registration, try Options(given, for: registration.options + common, owner: name))
  }

  /// Names, summaries and options of everything here, as JSON: what another language builds its signatures from.
  public var json: JSON {
    .array(
      registrations.map { one in
        var members: JSONObject = [
          "name": JSON(one.name), "summary": JSON(one.summary), "options": .array(one.options.map(\.json)),
        ]
        if !one.aliases.isEmpty { members["aliases"] = .array(one.aliases.map { JSON($0) }) }
        if !one.inputs.isEmpty { members["inputs"] = .array(one.inputs.map(\.json)) }
        if !one.outputs.isEmpty { members["outputs"] = .array(one.outputs.map(\.json)) }
        for (key, value) in one.details { members[key] = value }
        return .object(members)
      })
  }
}

extension Registry where Context == Void {
  /// Makes the thing that a specification describes.
  public func make(_ specification: JSON) throws -> Product { try make(specification, in: ()) }
}
