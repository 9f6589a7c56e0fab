/// This package's release.
public enum Release {
  /// By the rules of semantic versioning.
  public static let version = "0.1.0"
}
