using System.Reflection;
using System.Runtime.Loader;

namespace Weir.Server;

/// <summary>Adds the plugins of class libraries, named in the node's settings, to the catalog.</summary>
static class PluginLibraries
{
    /// <summary>The catalog with the libraries' plugins at the places they ask for. Throws <see cref="FormatException"/> for a library that is none.</summary>
    public static IReadOnlyList<PluginKind> Extend(IReadOnlyList<PluginKind> catalog, IReadOnlyList<string> paths)
    {
        var extended = catalog.ToList();
        foreach (var path in paths)
            foreach (var (kind, before) in Load(path).Plugins)
            {
                if (extended.Exists(known => known.Name == kind.Name))
                    throw new FormatException($"plugin library {path}: a plugin named '{kind.Name}' exists already");
                var place = before is null ? extended.Count : extended.FindIndex(known => known.Name == before);
                if (place < 0) throw new FormatException($"plugin library {path}: '{kind.Name}' wants to run before '{before}', which does not exist");
                extended.Insert(place, kind);
            }
        return extended;
    }

    static IPluginLibrary Load(string path)
    {
        if (!File.Exists(path)) throw new FormatException($"plugin library {path}: there is no such file");
        try
        {
            var assembly = new LibraryContext(Path.GetFullPath(path)).LoadFromAssemblyPath(Path.GetFullPath(path));
            var type = assembly.GetExportedTypes().FirstOrDefault(static type => type is { IsAbstract: false } && typeof(IPluginLibrary).IsAssignableFrom(type))
                ?? throw new FormatException($"plugin library {path}: no public class implements IPluginLibrary");
            return (IPluginLibrary)Activator.CreateInstance(type)!;
        }
        catch (MissingMethodException exception)
        {
            throw new FormatException($"plugin library {path}: the class that implements IPluginLibrary has no constructor without parameters", exception);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or BadImageFormatException or TypeLoadException or TargetInvocationException)
        {
            throw new FormatException($"plugin library {path}: {(exception.InnerException ?? exception).Message}", exception);
        }
    }

    /// <summary>A library brings its own dependencies; Weir.Sdk and the framework are the host's.</summary>
    sealed class LibraryContext(string path) : AssemblyLoadContext(path)
    {
        readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var name = assemblyName.Name;
            if (Default.Assemblies.Any(loaded => loaded.GetName().Name == name) || name == typeof(IPlugin).Assembly.GetName().Name) return null;
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
        }
    }
}
