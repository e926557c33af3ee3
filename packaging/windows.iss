; Inno Setup: the installer for Windows, for one person and without rights of an administrator. UNTESTED: see
; docs/packaging.md. Type in the folder packaging: iscc /DVersion=0.1.0 windows.iss
[Setup]
AppId=mlops-desk
AppName=MLOps Desk
AppVersion={#Version}
DefaultDirName={autopf}\MLOps Desk
PrivilegesRequired=lowest
LicenseFile=..\LICENSE
SourceDir=..\dist
OutputDir=.
OutputBaseFilename=mlops-desk-{#Version}-setup
Compression=lzma2
SolidCompression=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible

[Files]
Source: "mlops-desk\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Registry]
Root: HKA; Subkey: "Software\Classes\mlops-desk"; ValueType: string; ValueData: "URL:MLOps Desk"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\mlops-desk"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\mlops-desk\shell\open\command"; ValueType: string; ValueData: """{app}\mlops-desk-window.exe"" ""%1"""

[Icons]
Name: "{autoprograms}\MLOps Desk"; Filename: "{app}\mlops-desk-window.exe"
