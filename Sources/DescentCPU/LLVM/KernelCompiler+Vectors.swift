extension KernelCompiler {
  /// Bytes of a vector register: 64 with AVX-512, 32 with AVX2, else 16 (NEON, SSE).
  var vectorByteCount: Int {
    let features = Set(generator.cpuFeatures.split(separator: ","))
    return features.contains("+avx512f") ? 64 : features.contains("+avx2") ? 32 : 16
  }
}
