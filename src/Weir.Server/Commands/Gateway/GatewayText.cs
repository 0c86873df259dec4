using System.Text;

namespace Weir.Server;

/// <summary>Files that hold secrets: nobody but their owner reads them.</summary>
static class GatewayText
{
    /// <exception cref="GatewayException">It cannot be written.</exception>
    public static void Write(string file, string text)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows() && !File.Exists(file)) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new GatewayException($"{file} cannot be written: {unwritable.Message}");
        }
    }

    /// <exception cref="GatewayException">It cannot be read.</exception>
    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException($"{file} cannot be read: {unreadable.Message}");
        }
    }
}
