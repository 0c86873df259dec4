namespace Weir;

/// <summary>Knows the plugins of an exchange.</summary>
interface IPluginSource
{
    /// <summary>The first plugin in catalog order that is a <typeparamref name="T"/>, or null.</summary>
    T? FindPlugin<T>() where T : class, IPlugin;
}
