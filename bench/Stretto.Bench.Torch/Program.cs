using Stretto.Bench;

LibraryVersions.LoadWithOlder();
return SideLoop.Run(TorchSide.Description, TorchSide.Prepare);
