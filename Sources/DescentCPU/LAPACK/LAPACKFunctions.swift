#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// LAPACK's and BLAS's functions for one float type, by their Fortran interface: every argument is a pointer, matrices
/// are column-major, and the lengths of texts follow behind the other arguments.
struct LAPACKFunctions: Sendable {
  typealias Number = UnsafeMutablePointer<Int32>
  typealias Data = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<CChar>

  /// `gelqf(m, n, a, lda, tau, work, lwork, info)`
  typealias LQ = @convention(c) @Sendable (Number, Number, Data, Number, Data, Data, Number, Number) -> Void
  /// `orglq(m, n, k, a, lda, tau, work, lwork, info)`
  typealias RowsOfLQ =
    @convention(c) @Sendable (
      Number, Number, Number, Data, Number, Data, Data, Number, Number
    ) -> Void
  /// `syevd(jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info)`
  typealias Eigen =
    @convention(c) @Sendable (
      Text, Text, Number, Data, Number, Data, Data, Number, Number, Number, Number, Int, Int
    ) -> Void
  /// `potrf(uplo, n, a, lda, info)`
  typealias Cholesky = @convention(c) @Sendable (Text, Number, Data, Number, Number, Int) -> Void
  /// `gesdd(jobz, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, iwork, info)`
  typealias SingularValues =
    @convention(c) @Sendable (
      Text, Number, Number, Data, Number, Data, Data, Number, Data, Number, Data, Number, Number, Number, Int
    ) -> Void
  /// `trsm(side, uplo, transa, diag, m, n, alpha, a, lda, b, ldb)`
  typealias TriangularSolve =
    @convention(c) @Sendable (
      Text, Text, Text, Text, Number, Number, Data, Data, Number, Data, Number, Int, Int, Int, Int
    ) -> Void

  let lq: LQ
  let rowsOfLQ: RowsOfLQ
  let eigen: Eigen
  let cholesky: Cholesky
  let singularValues: SingularValues
  let triangularSolve: TriangularSolve

  /// nil where one is missing. `prefix`: `s` for float32, `d` for float64.
  init?(_ library: UnsafeMutableRawPointer, _ prefix: String) {
    guard let lq = dlsym(library, prefix + "gelqf_"), let rowsOfLQ = dlsym(library, prefix + "orglq_"),
      let eigen = dlsym(library, prefix + "syevd_"), let cholesky = dlsym(library, prefix + "potrf_"),
      let singularValues = dlsym(library, prefix + "gesdd_"), let triangularSolve = dlsym(library, prefix + "trsm_")
    else { return nil }
    self.lq = unsafeBitCast(lq, to: LQ.self)
    self.rowsOfLQ = unsafeBitCast(rowsOfLQ, to: RowsOfLQ.self)
    self.eigen = unsafeBitCast(eigen, to: Eigen.self)
    self.cholesky = unsafeBitCast(cholesky, to: Cholesky.self)
    self.singularValues = unsafeBitCast(singularValues, to: SingularValues.self)
    self.triangularSolve = unsafeBitCast(triangularSolve, to: TriangularSolve.self)
  }
}
