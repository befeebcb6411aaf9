namespace Stretto.Weights;

/// <summary>Files that appear whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary file beside <paramref name="path"/>, syncs it to disk and renames it over <paramref name="path"/>.
    /// </summary>
    /// <exception cref="IOException">Writing failed; the old file is untouched and the temporary one removed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".writing";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            string kept = File.Exists(path) ? "the file that was there is kept" : "nothing was written";
            throw new IOException($"'{path}' could not be written ({e.Message}); {kept}", e);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk that refused the file may refuse this, too; the next write replaces it.
        }
    }
}
