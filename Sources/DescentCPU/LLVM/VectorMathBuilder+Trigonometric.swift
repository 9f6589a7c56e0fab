/// sin and cos of Float vectors, for all magnitudes.
extension VectorMathBuilder {
  /// An argument |x| = j π/2 + r with |r| ≤ π/4 (a little more where j was rounded).
  private struct Quadrants {
    /// j; only its two low bits count.
    let index: Value
    let remainder: Value
  }

  /// From here on the three-part subtraction of j π/2 is no longer exact enough.
  private var hugeArgument: Float { 100_000 }

  mutating func sine(_ x: Value) -> Value {
    let quadrants = reduceByQuadrants(absolute(x))
    let sign = and(bits(x), constant(Int32.min))
    return circular(quadrants.index, quadrants.remainder, sign: sign)
  }

  /// cos x = sin(|x| + π/2).
  mutating func cosine(_ x: Value) -> Value {
    let quadrants = reduceByQuadrants(absolute(x))
    let index = add(quadrants.index, constant(1 as Int32))
    return circular(index, quadrants.remainder, sign: constant(0 as Int32))
  }

  /// sin(j π/2 + r), negated where `sign` has the top bit: ±sin r in even quadrants, ±cos r in odd ones.
  private mutating func circular(_ index: Value, _ r: Value, sign: Value) -> Value {
    let square = multiply(r, r)
    let sine = polynomial([-0.166666672, 0.00833338033, -0.000198535054, 2.83739519e-06] as [Float], square)
    let cosine = polynomial([-0.5, 0.0416666456, -0.00138873106, 2.44325529e-05] as [Float], square)
    let even = fma(multiply(square, sine), r, r)
    let odd = fma(square, cosine, constant(1 as Float))
    let isOdd = compare("ne", and(index, constant(1 as Int32)), constant(0 as Int32))
    let flip = xor(sign, shiftLeft(and(index, constant(2 as Int32)), by: 30))
    return float(bits: xor(bits(select(isOdd, odd, even)), flip))
  }

  /// Reduces a ≥ 0 with π/2 in three Float parts (Cody and Waite), which is fast; if some lane is too large for that, a
  /// branch all lanes take together does the huge ones with a long 2/π.
  private mutating func reduceByQuadrants(_ a: Value) -> Quadrants {
    let shift = constant(Self.roundingShift)
    let shifted = fma(a, constant(0.636619772 as Float), shift)
    let j = subtract(shifted, shift)
    let first = fma(j, constant(-1.57079637051 as Float), a)
    let second = fma(j, constant(4.37113882867e-8 as Float), first)
    let remainder = fma(j, constant(1.71512451001e-15 as Float), second)
    let index = bits(shifted)

    let huge = compare("oge", a, constant(hugeArgument))
    line("  %anyHuge = \(anyLane(huge))")
    declare("declare i1 @llvm.expect.i1(i1, i1)")
    line("  %branch = call i1 @llvm.expect.i1(i1 %anyHuge, i1 false)")
    line("  br i1 %branch, label %slow, label %reduced")
    line("slow:")
    include(HugeArgumentReduction.code(width: width))
    let pair = "{ \(type(.f32)), \(type(.i32)) }"
    line("  %pair = call \(pair) \(HugeArgumentReduction.symbol(width: width))(\(type(.f32)) \(a.name))")
    let exactRemainder = define(.f32, "extractvalue \(pair) %pair, 0")
    let exactIndex = define(.i32, "extractvalue \(pair) %pair, 1")
    let mixedRemainder = select(huge, exactRemainder, remainder)
    let mixedIndex = select(huge, exactIndex, index)
    line("  br label %reduced")
    line("reduced:")
    func join(_ fast: Value, _ slow: Value) -> String {
      "phi \(type(fast.lane)) [ \(fast.name), %entry ], [ \(slow.name), %slow ]"
    }
    let joinedIndex = define(.i32, join(index, mixedIndex))
    let joinedRemainder = define(.f32, join(remainder, mixedRemainder))
    return Quadrants(index: joinedIndex, remainder: joinedRemainder)
  }

  /// The instruction that tells whether a condition holds in some lane.
  private mutating func anyLane(_ condition: Value) -> String {
    guard width > 1 else { return "and i1 \(condition.name), true" }
    let symbol = intrinsic("vector.reduce.or", .i1)
    declare("declare i1 \(symbol)(\(type(.i1)))")
    return "call i1 \(symbol)(\(type(.i1)) \(condition.name))"
  }
}

/// The exact reduction of huge arguments by π/2, after Payne and Hanek ("Radian Reduction for Trigonometric Functions",
/// 1983): only those bits of 2/π are multiplied that can reach the quadrant and the fraction.
private enum HugeArgumentReduction {
  static func symbol(width: Int) -> String { "@descent.reduceHuge.v\(width)f32" }

  /// Takes a ≥ 2^16; returns { r, j } with a = j π/2 + r modulo 2π, lane by lane. Lanes below that give some number.
  static func code(width: Int) -> VectorMathCode {
    var code = VectorMathCode()
    code.declarations.insert("declare i64 @llvm.fshr.i64(i64, i64, i64)")
    code.definitions["@descent.reduceHuge.f32"] = scalar
    code.definitions[symbol(width: width)] = width == 1 ? single : loop(width: width)
    return code
  }

  /// floor(2^230 2/π) in 64-bit words, the lowest first.
  private static let twoOverPi: [UInt64] = [
    0x10E4_107F_9458_EAF7, 0x4D37_7036_D8A5_664F, 0x9105_4A7F_09D5_F47D, 0x0000_0028_BE60_DB93,
  ]

  /// One number a = m 2^e with a 24-bit m. 2^230 2/π shifted right by 104 - e and cut to 128 bits is 2^(e + 126) 2/π
  /// modulo 2^128, and m times that is 2^126 (a 2/π) modulo 4 · 2^126: the quadrant in the two top bits, the fraction
  /// below. The error is under 2^-100 of a quadrant, while no Float comes closer than 2^-31 to a multiple of π/2.
  ///
  /// The shift (below 128) selects words and then shifts 64-bit pairs: shifts of wider integers by a variable amount
  /// may become calls into the compiler's runtime library, which a just-in-time linker need not find. Infinity gives
  /// NaN.
  private static let scalar = """
    define internal { float, i32 } @descent.reduceHuge.f32(float %a) noinline cold nounwind {
    entry:
      %bits = bitcast float %a to i32
      %low = and i32 %bits, 8388607
      %m = or i32 %low, 8388608
      %field = lshr i32 %bits, 23
      %distance = sub i32 254, %field
      %words = and i32 %distance, 64
      %skip = icmp ne i32 %words, 0
      %low.word = select i1 %skip, i64 \(word(1)), i64 \(word(0))
      %middle.word = select i1 %skip, i64 \(word(2)), i64 \(word(1))
      %high.word = select i1 %skip, i64 \(word(3)), i64 \(word(2))
      %shift = zext i32 %distance to i64
      %low.bits = call i64 @llvm.fshr.i64(i64 %middle.word, i64 %low.word, i64 %shift)
      %high.bits = call i64 @llvm.fshr.i64(i64 %high.word, i64 %middle.word, i64 %shift)
      %low.wide = zext i64 %low.bits to i128
      %high.wide = zext i64 %high.bits to i128
      %high.place = shl i128 %high.wide, 64
      %factor = or i128 %high.place, %low.wide
      %wide = zext i32 %m to i128
      %turns = mul i128 %factor, %wide
      %rounded = add i128 %turns, 42535295865117307932921825928971026432
      %top = lshr i128 %rounded, 126
      %index = trunc i128 %top to i32
      %fraction = lshr i128 %turns, 62
      %signed = trunc i128 %fraction to i64
      %quadrants = sitofp i64 %signed to double
      %radians = fmul double %quadrants, \(scale)
      %small = fptrunc double %radians to float
      %zero = fsub float %a, %a
      %r = fadd float %small, %zero
      %pair = insertvalue { float, i32 } poison, float %r, 0
      %result = insertvalue { float, i32 } %pair, i32 %index, 1
      ret { float, i32 } %result
    }
    """

  private static func word(_ index: Int) -> Int64 { Int64(bitPattern: twoOverPi[index]) }

  /// 2^-64 π/2 as the bits of a double.
  private static let scale = "0x" + String((Double.pi * 0x1p-65).bitPattern, radix: 16, uppercase: true)

  private static let single = """
    define internal { float, i32 } @descent.reduceHuge.v1f32(float %a) noinline cold nounwind {
    entry:
      %result = call { float, i32 } @descent.reduceHuge.f32(float %a)
      ret { float, i32 } %result
    }
    """

  private static func loop(width: Int) -> String {
    let floats = "<\(width) x float>"
    let integers = "<\(width) x i32>"
    return """
      define internal { \(floats), \(integers) } \(symbol(width: width))(\(floats) %a) noinline cold nounwind {
      entry:
        br label %body
      body:
        %lane = phi i32 [ 0, %entry ], [ %following, %body ]
        %r = phi \(floats) [ zeroinitializer, %entry ], [ %r.next, %body ]
        %j = phi \(integers) [ zeroinitializer, %entry ], [ %j.next, %body ]
        %x = extractelement \(floats) %a, i32 %lane
        %pair = call { float, i32 } @descent.reduceHuge.f32(float %x)
        %remainder = extractvalue { float, i32 } %pair, 0
        %index = extractvalue { float, i32 } %pair, 1
        %r.next = insertelement \(floats) %r, float %remainder, i32 %lane
        %j.next = insertelement \(integers) %j, i32 %index, i32 %lane
        %following = add i32 %lane, 1
        %done = icmp eq i32 %following, \(width)
        br i1 %done, label %exit, label %body
      exit:
        %first = insertvalue { \(floats), \(integers) } poison, \(floats) %r.next, 0
        %both = insertvalue { \(floats), \(integers) } %first, \(integers) %j.next, 1
        ret { \(floats), \(integers) } %both
      }
      """
  }
}
