@testable import DescentCPU

/// The signature of every kernel of the engine.
typealias Kernel = @convention(c) (UnsafePointer<UnsafeMutableRawPointer>, Int, Int) -> Void

/// Texts of small kernels, and a way to run them.
enum KernelSamples {
  /// `y[i] = factor * x[i] + y[i]` for `lo <= i < hi`, written by way of a helper function and memory slots, which
  /// only optimization removes. Buffers: x, y.
  static func axpy(factor: Float) -> String {
    """
    define internal float @combine(float %x, float %y) alwaysinline {
      %slot = alloca float
      %p = fmul float %x, \(factor.irLiteral)
      store float %p, ptr %slot
      %q = load float, ptr %slot
      %r = fadd float %q, %y
      ret float %r
    }
    define void @kernel(ptr %buffers, i64 %lo, i64 %hi) {
    entry:
      %any = icmp slt i64 %lo, %hi
      br i1 %any, label %loop, label %exit
    loop:
      %i = phi i64 [ %lo, %entry ], [ %next, %loop ]
      %x = load ptr, ptr %buffers
      %slot1 = getelementptr ptr, ptr %buffers, i64 1
      %y = load ptr, ptr %slot1
      %px = getelementptr float, ptr %x, i64 %i
      %py = getelementptr float, ptr %y, i64 %i
      %vx = load float, ptr %px
      %vy = load float, ptr %py
      %r = call float @combine(float %vx, float %vy)
      store float %r, ptr %py
      %next = add i64 %i, 1
      %more = icmp slt i64 %next, %hi
      br i1 %more, label %loop, label %exit
    exit:
      ret void
    }
    """
  }

  /// One AdamW-like pass over 16 floats at a time. Buffers: w, g, m, v.
  static let wide = """
    declare <16 x float> @llvm.sqrt.v16f32(<16 x float>)
    define void @kernel(ptr %buffers, i64 %lo, i64 %hi) {
    entry:
      %w = load ptr, ptr %buffers
      %s1 = getelementptr ptr, ptr %buffers, i64 1
      %g = load ptr, ptr %s1
      br label %loop
    loop:
      %i = phi i64 [ %lo, %entry ], [ %next, %loop ]
      %pw = getelementptr float, ptr %w, i64 %i
      %pg = getelementptr float, ptr %g, i64 %i
      %vw = load <16 x float>, ptr %pw, align 4
      %vg = load <16 x float>, ptr %pg, align 4
      %sq = call <16 x float> @llvm.sqrt.v16f32(<16 x float> %vg)
      %r = fdiv <16 x float> %vw, %sq
      store <16 x float> %r, ptr %pw, align 4
      %next = add i64 %i, 16
      %more = icmp slt i64 %next, %hi
      br i1 %more, label %loop, label %exit
    exit:
      ret void
    }
    """

  /// `y[lo] = function(x[lo])` through a function of the C library. Buffers: x, y.
  static func calling(_ function: String) -> String {
    """
    declare float @\(function)(float)
    define void @kernel(ptr %buffers, i64 %lo, i64 %hi) {
      %x = load ptr, ptr %buffers
      %slot1 = getelementptr ptr, ptr %buffers, i64 1
      %y = load ptr, ptr %slot1
      %px = getelementptr float, ptr %x, i64 %lo
      %py = getelementptr float, ptr %y, i64 %lo
      %v = load float, ptr %px
      %r = call float @\(function)(float %v)
      store float %r, ptr %py
      ret void
    }
    """
  }

  /// Calls a kernel on two buffers of floats for `0..<count` and returns the second.
  static func run(_ code: UnsafeRawPointer, _ x: [Float], _ y: [Float], count: Int) -> [Float] {
    var x = x
    var y = y
    let kernel = unsafeBitCast(code, to: Kernel.self)
    x.withUnsafeMutableBytes { bx in
      y.withUnsafeMutableBytes { by in
        guard let px = bx.baseAddress, let py = by.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: 2) { buffers in
          buffers.initializeElement(at: 0, to: px)
          buffers.initializeElement(at: 1, to: py)
          guard let base = buffers.baseAddress else { return }
          kernel(UnsafePointer(base), 0, count)
        }
      }
    }
    return y
  }
}

extension Float {
  /// LLVM writes a float constant as the bits of the double of the same value.
  var irLiteral: String {
    "0x" + String(repeating: "0", count: Double(self).bitPattern.leadingZeroBitCount / 4)
      + (self == 0 ? "" : String(Double(self).bitPattern, radix: 16, uppercase: true))
  }
}
