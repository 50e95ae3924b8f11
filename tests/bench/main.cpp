// What each stage and the whole pipeline cost, in one table and as JSON. See run.sh.
#include "tests/bench/report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QSaveFile>
#include <cstdio>

using namespace framescope::bench;

namespace {

void print(const QByteArray& text)
{
    std::fwrite(text.constData(), 1, std::size_t(text.size()), stdout);
    std::fflush(stdout);
}

bool write(const QString& path, const QByteArray& text)
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Times the stages, and `framescope-cli record` against a bare loop."));
    parser.addHelpOption();
    const auto add = [&parser](const char* name, const char* value, const char* description) {
        parser.addOption({QString::fromLatin1(name), QString::fromUtf8(description), QString::fromLatin1(value)});
    };
    add("frames", "N", "Messages of each side in each round; default 300000.");
    add("rounds", "N", "Rounds; default 3.");
    add("folder", "FOLDER", "Where session files are written; default: the system's temporary folder.");
    add("json", "FILE", "Write the figures there too.");
    add("stage", "REGEX", "Only stages whose names fit.");
    add("only", "stages|pipeline", "One half only.");
    add("writing", "each|blocks",
        "How the server writes: each message by itself, or blocks; default: one after the other.");
    QCommandLineOption bare(QStringLiteral("bare"), {}, QStringLiteral("PORT"));
    bare.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOption(bare);
    parser.process(application);
    if (parser.isSet(bare))
        return runBareLoop(parser.value(bare).toUShort());

    PipelineOptions options;
    if (parser.isSet(QStringLiteral("frames")))
        options.frames = parser.value(QStringLiteral("frames")).toULongLong();
    if (parser.isSet(QStringLiteral("rounds")))
        options.rounds = parser.value(QStringLiteral("rounds")).toInt();
    if (options.frames == 0 || options.rounds < 1) {
        print("--frames and --rounds take whole numbers from 1\n");
        return 2;
    }
    const QString writing = parser.value(QStringLiteral("writing"));
    if (!writing.isEmpty() && writing != QStringLiteral("each") && writing != QStringLiteral("blocks")) {
        print("--writing takes each or blocks\n");
        return 2;
    }
    options.folder = parser.value(QStringLiteral("folder"));
    const QString only = parser.value(QStringLiteral("only"));

    std::vector<StageResult> stages;
    if (only != QStringLiteral("pipeline")) {
        stages = runStages(parser.isSet(QStringLiteral("stage")) ? parser.value(QStringLiteral("stage")).toStdString()
                                                                 : ".");
        print(stageTable(stages) + '\n');
    }
    std::vector<PipelineResult> pipelines;
    for (const Writing each : {Writing::EachMessage, Writing::Blocks}) {
        if (only == QStringLiteral("stages") || (!writing.isEmpty() && writing != QLatin1String(nameOf(each))))
            continue;
        options.writing = each;
        pipelines.push_back(runPipeline(options));
        print(pipelineTable(pipelines.back()) + '\n');
    }
    const QString path = parser.value(QStringLiteral("json"));
    if (!path.isEmpty() && !write(path, resultJson(stages, pipelines))) {
        print("The figures cannot be written to " + path.toUtf8() + '\n');
        return 1;
    }
    const bool isWhole = std::all_of(pipelines.begin(), pipelines.end(),
                                     [](const PipelineResult& pipeline) { return pipeline.problem.isEmpty(); });
    return isWhole ? 0 : 1;
}
