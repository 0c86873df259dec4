using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Weir.Config;

/// <summary>A name that callers ask for; plugins can be attached to it. Each model stands for one.</summary>
sealed record AiModelConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("The name that requests give; unset: the name.")]
    public string? Alias { get; init; }

    [Description("Name for people; shown in lists of models.")]
    public string? DisplayName { get; init; }

    [Description("A disabled one is invisible.")]
    public bool Enabled { get; init; } = true;

    [Description("Who may call it; unset: everybody. Weir's own field, which Kong does not have.")]
    public ModelAccess? Access { get; init; }

    /// <summary>What requests call it.</summary>
    public string Asked() => Alias ?? Name;
}

/// <summary>A plugin that models name: its settings stand once, and every model that names it has an instance of its own.</summary>
sealed record PolicyConfig : Entity
{
    [Description("Unique name; models refer to it."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Name for people."), Length(1, 256)]
    public string? DisplayName { get; init; }

    [Description("Name of the plugin.")]
    public required string Type { get; init; }

    [Description("A disabled policy is invisible.")]
    public bool Enabled { get; init; } = true;

    [Description("Whether it holds for every request, and not only for the models that name it.")]
    public bool Global { get; init; }

    [Description("The plugin's settings.")]
    public JsonElement? Config { get; init; }

    [Description("Labels. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("Who manages it. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? ManagedBy { get; init; }
}
