namespace Weir.Control;

/// <summary>One process writes to a journal. The lock goes with the process that holds it, however that ends.</summary>
sealed class FolderLock : IDisposable
{
    readonly FileStream _file;

    FolderLock(FileStream file) => _file = file;

    /// <exception cref="JournalUnusableException">Another process has the journal.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, JournalFolder.LockName);
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new JournalUnusableException($"the journal in {folder} is in use by another process, or by this one a second time", taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
