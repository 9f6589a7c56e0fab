/// Everything a user of Descent imports.
@_exported import DescentCPU
@_exported import DescentCompare
@_exported import DescentData
@_exported import DescentFiles
@_exported import DescentGraph
@_exported import DescentNN
@_exported import DescentOptim
@_exported import DescentRuntime
@_exported import DescentTrain
