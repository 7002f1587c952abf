import SwiftGANCore

extension Schedule {
  /// Always the same rate.
  public static func constant(_ value: Double) -> Schedule {
    Schedule(JSON(value)) { step in step * 0 + value }
  }

  /// `initial * factor^floor(t / every)`: a drop after every so many updates.
  public static func step(initial: Double, every: Int, factor: Double = 0.1) -> Schedule {
    Schedule(["name": "step", "initial": JSON(initial), "every": JSON(every), "factor": JSON(factor)]) { step in
      factor.asBase(of: (step / Double(every)).floor()) * initial
    }
  }

  /// `initial * factor^(t / every)`: a smooth decay by `factor` in every so many updates.
  public static func exponential(initial: Double, every: Int = 1, factor: Double) -> Schedule {
    Schedule(["name": "exponential", "initial": JSON(initial), "every": JSON(every), "factor": JSON(factor)]) { step in
      factor.asBase(of: step / Double(every)) * initial
    }
  }

  /// Half a cosine from `initial` down to `final` in `steps` updates, and `final` from then on (Loshchilov and Hutter
  /// 2017, eq. 5, without restarts).
  public static func cosine(initial: Double, steps: Int, final: Double = 0) -> Schedule {
    Schedule(["name": "cosine", "initial": JSON(initial), "steps": JSON(steps), "final": JSON(final)]) { step in
      let progress = (step / Double(steps)).clip(max: 1)
      return ((progress * Double.pi).cos() + 1) * ((initial - final) / 2) + final
    }
  }

  /// `initial` for `start` updates, then a straight line to `final` in `steps` updates, and `final` from then on.
  public static func linear(initial: Double, final: Double = 0, steps: Int, start: Int = 0) -> Schedule {
    let specification: JSON = [
      "name": "linear", "initial": JSON(initial), "final": JSON(final), "steps": JSON(steps), "start": JSON(start),
    ]
    return Schedule(specification) { step in
      let progress = ((step - Double(start)) / Double(steps)).clip(min: 0, max: 1)
      return progress * (final - initial) + initial
    }
  }

  /// A straight line from nearly 0 up to the rate that `next` starts with, reached at update number `steps` (counted from
  /// 1), and then `next` from its beginning (Goyal et al. 2017).
  public static func warmup(steps: Int, then next: Schedule) -> Schedule {
    Schedule(["name": "warmup", "steps": JSON(steps), "then": next.specification]) { step in
      let rising = ((step + 1) / Double(steps)).clip(max: 1)
      return next((step - Double(steps)).clip(min: 0)) * rising
    }
  }
}

extension Double {
  /// self^exponent.
  fileprivate func asBase(of exponent: Tensor) -> Tensor { (exponent * 0 + self).pow(exponent) }
}

private let initial = OptionDescription("initial", .number(.nonNegative), "The rate of the first update.")
private let steps = OptionDescription("steps", .integer(), "Length in updates.")

let constantScheduleRegistration = Registration<Void, Schedule>(
  "constant", "Always the same rate.",
  options: [OptionDescription("value", .number(.nonNegative), "The rate.")]
) { options, _ in .constant(try options.double("value")) }

let stepScheduleRegistration = Registration<Void, Schedule>(
  "step", "A drop by a factor after every so many updates.",
  options: [
    initial, OptionDescription("every", .integer(), "Updates between drops."),
    OptionDescription("factor", .number(.positive), default: 0.1, "Factor of each drop."),
  ]
) { options, _ in
  .step(initial: try options.double("initial"), every: try options.int("every"), factor: try options.double("factor"))
}

let exponentialScheduleRegistration = Registration<Void, Schedule>(
  "exponential", "A smooth decay by a factor in every so many updates.",
  options: [
    initial, OptionDescription("every", .integer(), default: 1, "Updates in which the rate changes by the factor."),
    OptionDescription("factor", .number(.positive), "The factor."),
  ]
) { options, _ in
  .exponential(
    initial: try options.double("initial"), every: try options.int("every"), factor: try options.double("factor"))
}

let cosineScheduleRegistration = Registration<Void, Schedule>(
  "cosine", "Half a cosine from the initial to the final rate (Loshchilov and Hutter 2017).",
  options: [initial, steps, OptionDescription("final", .number(.nonNegative), default: 0, "The last rate.")]
) { options, _ in
  .cosine(initial: try options.double("initial"), steps: try options.int("steps"), final: try options.double("final"))
}

let linearScheduleRegistration = Registration<Void, Schedule>(
  "linear", "A straight line from the initial to the final rate.",
  options: [
    initial, OptionDescription("final", .number(.nonNegative), default: 0, "The last rate."), steps,
    OptionDescription(
      "start", .integer(0...OptionKind.largestSize), default: 0, "Updates before the rate begins to change."),
  ]
) { options, _ in
  .linear(
    initial: try options.double("initial"), final: try options.double("final"), steps: try options.int("steps"),
    start: try options.int("start"))
}

let warmupScheduleRegistration = Registration<Void, Schedule>(
  "warmup", "A straight line up to another schedule's first rate, then that schedule (Goyal et al. 2017).",
  options: [steps, OptionDescription("then", .schedule, "The rate, or the schedule, that follows.")]
) { options, _ in .warmup(steps: try options.int("steps"), then: try Schedule(options.json("then"))) }
