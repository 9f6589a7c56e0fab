/// Everything a user of Descent imports.
@_exported import DescentData
@_exported import DescentEngine
@_exported import DescentGraph
@_exported import DescentNN
@_exported import DescentOptim
@_exported import DescentTrain
