import Foundation

/// All bytes of the file at `path`.
///
/// - Throws: `DataError.missingFile`, `.unreadableFile`.
func readBytes(path: String) throws(DataError) -> [UInt8] {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw .missingFile(file: path)
  }
  guard !isFolder.boolValue else { throw .unreadableFile(file: path, reason: "it is a folder") }
  do {
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw .unreadableFile(file: path, reason: error.localizedDescription)
  }
}
