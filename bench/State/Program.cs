using System.Globalization;
using Weir.Bench.State;

return args switch
{
    ["build", var folder, var consumers, var routes] => await Bench.BuildAsync(folder, Number(consumers), Number(routes)),
    ["open", var folder, var how] => await Bench.OpenAsync(folder, how),
    ["snapshot", var folder] => await Bench.SnapshotAsync(folder),
    ["ask", var folder] => await Bench.AskAsync(folder),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("Use bench/State/run.");
    return 2;
}
