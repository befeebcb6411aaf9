namespace Stretto.Weights;

/// <summary>Files that appear whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary file beside <paramref name="path"/>, syncs it to disk and renames it over <paramref
    /// name="path"/>.
    /// </summary>
    /// <remarks>
    /// A process that is killed meanwhile leaves a file <c>NAME.*.writing</c> behind, which may be deleted.
    /// </remarks>
    /// <exception cref="IOException">
    /// Writing failed; the old file is untouched and the temporary one removed.
    /// </exception>
    public static void Write(string path, Action<Stream> write) => Commit(path, Stage(path, write));

    /// <summary>
    /// The first half of <see cref="Write"/>: the whole content on disk, under a name of its own, which is returned.
    /// </summary>
    internal static string Stage(string path, Action<Stream> write)
    {
        // A name of its own: another writer of the same file, or a link that waits under a known name, changes nothing.
        string temporary = $"{path}.{Path.GetRandomFileName()}.writing";
        try
        {
            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            write(stream);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch (Exception e)
        {
            Remove(temporary);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw Failure(path, e);
            }

            throw;
        }
    }

    /// <summary>The second half: the new content takes the place of the old in one step.</summary>
    internal static void Commit(string path, string temporary)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw Failure(path, e);
        }
    }

    /// <summary>Deletes a file if that is possible.</summary>
    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk that refused the file may refuse this, too; a leftover harms nobody.
        }
    }

    private static IOException Failure(string path, Exception e)
    {
        string kept = File.Exists(path) ? "the file that was there is kept" : "nothing was written";
        return new IOException($"'{path}' could not be written ({e.Message}); {kept}", e);
    }
}
