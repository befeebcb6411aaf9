using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Stretto.Bench;

/// <summary>Curves over a size, both axes logarithmic, as an SVG file.</summary>
internal static class Plot
{
    public static void Save(string path, string title, string x, string y, IEnumerable<(string Name, IReadOnlyList<(double X, double Y)> Points)> curves)
    {
        PlotModel model = new() { Title = title, TitleFontSize = 14, Background = OxyColors.White };
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = x, Base = 2, MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = y, MajorGridlineStyle = LineStyle.Dot });
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendBackground = OxyColors.White });
        foreach ((string name, IReadOnlyList<(double X, double Y)> points) in curves)
        {
            LineSeries series = new() { Title = name, MarkerType = MarkerType.Circle, MarkerSize = 3 };
            series.Points.AddRange(points.Select(p => new DataPoint(p.X, p.Y)));
            model.Series.Add(series);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = File.Create(path);
        new SvgExporter { Width = 640, Height = 420 }.Export(model, file);
        Console.WriteLine($"plot          {path}");
    }
}
