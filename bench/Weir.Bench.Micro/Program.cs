using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using Weir.Bench.Micro;

// The executable lies in artifacts/bin/Weir.Bench.Micro/release of the tree that it measures.
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
if (args is ["budgets"])
    return Budgets.Check(Path.Combine(root, "bench", "budgets.json"));
if (args is ["control", .. var sizes])
    return await ControlCost.RunAsync(sizes);

var config = DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default).WithArtifactsPath(Path.Combine(root, "artifacts", "bench"));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
