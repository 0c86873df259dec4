using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Appends a JSON line per request to a file.</summary>
sealed class FileLog : IPluginKind<FileLog.Config>, IOnDone
{
    readonly FileTarget _file;
    readonly LogFields? _fields;

    FileLog(Config config, PluginContext context)
    {
        _fields = LogFields.Of(config.CustomFieldsByLua);
        var house = context.Get<Deliveries>();
        // Instances that write to the same file share one writer, or their lines would be torn.
        _file = context.Keep.Get($"file-log/{config.Reopen}/{config.Path}", () => new FileTarget(config.Path, config.Reopen, house, context.Log));
    }

    public static string Name => "file-log";
    public static string Summary => "Appends a JSON line per request to a file or to standard output.";
    public static JsonTypeInfo<Config> ConfigType => FileLogJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new FileLog(config, context);

    public static void Check(Config config, Problems problems) => LogFields.Check(config.CustomFieldsByLua, problems);

    public void OnDone(Exchange exchange) => _file.Add(LogRecord.Line(exchange, _fields));

    /// <summary>Settings of file-log.</summary>
    public sealed record Config
    {
        [Description("Fields to add to, replace in or remove from the record: name (dots lead into objects) to Lua code that returns the value.")]
        public IReadOnlyDictionary<string, string>? CustomFieldsByLua { get; init; }

        [Description("File that lines are appended to; it is made when it does not exist. /dev/stdout and /dev/stderr are the standard streams."),
         RegularExpression(@"^[^*&%\\`]+$"), MinLength(1)]
        public required string Path { get; init; }

        [Description("Whether the file is opened anew for every write. A file that was renamed, deleted or truncated is followed without it.")]
        public bool Reopen { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FileLog.Config))]
sealed partial class FileLogJson : JsonSerializerContext;
