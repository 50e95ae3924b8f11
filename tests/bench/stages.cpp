#include "tests/bench/stages.h"

#include "core/base/sha256.h"
#include "core/decode/batchfiller.h"
#include "core/decode/decoder.h"
#include "core/decode/jsonreader.h"
#include "core/decode/schemavalidator.h"
#include "core/decode/utf8.h"
#include "core/store/chainkeeper.h"
#include "tests/bench/load.h"
#ifdef FRAMESCOPE_WITH_WINDOW
#include "ui/frames/frametablemodel.h"
#endif

#include <QFile>
#include <benchmark/benchmark.h>
#include <map>

namespace framescope::bench {

namespace {

// More updates than the decoder's window of ids holds, so that a second pass has no duplicates.
constexpr std::size_t loadMessages = 8192;
constexpr std::size_t batchFrames = 512; // about what comes in a millisecond of a fast stream
constexpr int repetitions = 5;
constexpr double minimumSeconds = 0.2; // of each repetition

/// The load as it comes from the socket: text as UTF-16, the rest as bytes.
class Arrivals
{
public:
    explicit Arrivals(LoadKind kind)
        : load(loadMessages, kind)
    {
        texts.reserve(load.size());
        for (std::size_t i = 0; i < load.size(); ++i)
            texts.push_back(load.message(i).isText ? QString::fromUtf8(load.payload(i)) : QString());
    }

    [[nodiscard]] RawFrame frame(std::size_t index, const Instant& arrival) const
    {
        RawFrame frame;
        frame.arrival = arrival;
        frame.attempt = 1;
        if (load.message(index).isText) {
            frame.text = texts[index];
        } else {
            frame.opcode = Opcode::Binary;
            frame.bytes = load.payload(index);
        }
        return frame;
    }

    /// All of it as the receiver hands it on: bytes, not judged.
    [[nodiscard]] std::vector<std::shared_ptr<FrameBatch>> received(quint64 firstNumber) const
    {
        std::vector<std::shared_ptr<FrameBatch>> batches;
        for (std::size_t i = 0; i < load.size();) {
            auto batch = std::make_shared<FrameBatch>();
            const Instant arrival = now();
            for (const std::size_t end = std::min(i + batchFrames, load.size()); i < end; ++i)
                batchfiller::append(frame(i, arrival), firstNumber + i, 0, *batch);
            batches.push_back(std::move(batch));
        }
        return batches;
    }

    /// Judges all of it; what is wrong is counted in @p findings.
    std::vector<FrameBatchPtr> decode(Decoder& decoder, quint64 firstNumber, std::size_t& findings) const
    {
        std::vector<FrameBatchPtr> batches;
        decoder.connectionStarted(0); // sequence numbers begin anew
        for (const std::shared_ptr<FrameBatch>& batch : received(firstNumber)) {
            decoder.judge(*batch);
            findings += batch->findings.size();
            batch->types = decoder.typeNames();
            batch->firstAuditSeq = batch->firstNumber();
            batches.push_back(batch);
        }
        return batches;
    }

    Load load;
    std::vector<QString> texts;
};

const Arrivals& arrivals(LoadKind kind)
{
    static std::map<LoadKind, Arrivals> made;
    return made.try_emplace(kind, kind).first->second;
}

const Load& updates()
{
    return arrivals(LoadKind::UpdatesOnly).load;
}

std::unique_ptr<Decoder> newDecoder()
{
    return std::make_unique<Decoder>(PayloadMatrix::builtIn().value(), DecoderOptions());
}

/// Each iteration of @p state was one pass over @p load.
void count(benchmark::State& state, const Load& load)
{
    state.SetItemsProcessed(qint64(state.iterations()) * qint64(load.size()));
    state.SetBytesProcessed(qint64(state.iterations()) * qint64(load.payloadBytes()));
}

void encodeUtf8(benchmark::State& state)
{
    const Arrivals& all = arrivals(LoadKind::UpdatesOnly);
    std::vector<char> bytes;
    for (auto pass : state) {
        for (std::size_t i = 0; i < all.load.size(); ++i) {
            if (i % batchFrames == 0)
                bytes.clear();
            const std::size_t offset = bytes.size();
            const std::size_t size = appendUtf8(all.texts[i], JsonReader::padding, bytes);
            bytes.resize(offset + size);
            benchmark::DoNotOptimize(bytes.data());
        }
    }
    count(state, all.load);
}

void checkUtf8(benchmark::State& state)
{
    for (auto pass : state) {
        for (std::size_t i = 0; i < updates().size(); ++i)
            benchmark::DoNotOptimize(firstInvalidUtf8(updates().payload(i)));
    }
    count(state, updates());
}

void hash(benchmark::State& state)
{
    Sha256 sha256;
    for (auto pass : state) {
        for (std::size_t i = 0; i < updates().size(); ++i)
            benchmark::DoNotOptimize(sha256.digest(updates().payload(i)));
    }
    count(state, updates());
}

/// simdjson alone. What stands behind each message on the wire is the padding that it wants; only the last has none.
void parse(benchmark::State& state)
{
    static const std::string wire = std::string(updates().wire()) + std::string(simdjson::SIMDJSON_PADDING, ' ');
    simdjson::dom::parser parser;
    for (auto pass : state) {
        for (std::size_t i = 0; i < updates().size(); ++i) {
            const Load::Message& message = updates().message(i);
            if (parser.parse(wire.data() + message.payload, message.end - message.payload, false).error() !=
                simdjson::SUCCESS)
                return state.SkipWithError("a message is not JSON");
        }
    }
    count(state, updates());
}

void validate(benchmark::State& state)
{
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/resources/schemas/interaction.update.schema.json"));
    const Expected<Schema> schema =
        file.open(QIODevice::ReadOnly) ? Schema::compile(file.readAll()) : Expected<Schema>();
    if (!schema || !schema->root())
        return state.SkipWithError("the schema cannot be read");
    constexpr std::size_t documents = 512;
    std::vector<Finding> findings;
    FindingCollector collector(findings, 0);
    std::vector<std::unique_ptr<JsonReader>> readers;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < documents; ++i) {
        readers.push_back(std::make_unique<JsonReader>(DecoderOptions().depthLimit));
        if (!readers.back()->read(updates().payload(i), collector))
            return state.SkipWithError("a message is not JSON");
        bytes += std::size_t(updates().payload(i).size());
    }
    SchemaValidator validator;
    for (auto pass : state) {
        for (const auto& reader : readers)
            validator.run(*schema->root(), *reader, collector);
    }
    if (!findings.empty())
        return state.SkipWithError("a message does not fit the schema");
    state.SetItemsProcessed(qint64(state.iterations()) * qint64(documents));
    state.SetBytesProcessed(qint64(state.iterations()) * qint64(bytes));
}

/// Decoder::judge() of what the receiver hands on. Batches are made ready again, which takes about 1 % of the time.
void chain(benchmark::State& state, LoadKind kind)
{
    const Arrivals& all = arrivals(kind);
    const auto decoder = newDecoder();
    const std::vector<std::shared_ptr<FrameBatch>> batches = all.received(1);
    std::vector<std::vector<FrameHead>> heads;
    for (const std::shared_ptr<FrameBatch>& batch : batches) {
        heads.push_back(batch->heads);
        // Once with the parser's padding, as the receiver leaves room for it.
        batch->payload.reserve(batch->payload.size() + JsonReader::padding);
    }
    std::size_t findings = 0;
    std::size_t passes = 0;
    for (auto pass : state) {
        decoder->connectionStarted(0);
        for (std::size_t i = 0; i < batches.size(); ++i) {
            batches[i]->heads.assign(heads[i].begin(), heads[i].end());
            batches[i]->digests.clear();
            batches[i]->findings.clear();
            decoder->judge(*batches[i]);
            findings += batches[i]->findings.size();
        }
        ++passes;
    }
    if (findings != (kind == LoadKind::OneFault ? passes * all.load.size() : 0))
        return state.SkipWithError("messages were not judged as they are");
    count(state, all.load);
}

/// What the storage thread hashes of each frame, so that nothing can be changed unseen.
void auditChain(benchmark::State& state)
{
    const Arrivals& all = arrivals(LoadKind::Mixed);
    const auto decoder = newDecoder();
    std::size_t findings = 0;
    const std::vector<FrameBatchPtr> batches = all.decode(*decoder, 1, findings);
    ChainKeeper keeper({}, AnchorBook(QString()), QString());
    for (auto pass : state) {
        for (const FrameBatchPtr& batch : batches)
            keeper.add(*batch, *batch->types);
        benchmark::DoNotOptimize(keeper.head());
    }
    count(state, all.load);
}

#ifdef FRAMESCOPE_WITH_WINDOW
/// What the window does with each batch: into the cache, and rows into the table.
void appendToView(benchmark::State& state)
{
    const Arrivals& all = arrivals(LoadKind::Mixed);
    const auto decoder = newDecoder();
    std::vector<FrameBatchPtr> batches;
    std::size_t findings = 0;
    constexpr std::size_t viewBatches = 64;
    while (batches.size() < viewBatches) {
        const quint64 next = batches.empty() ? 1 : batches.back()->lastNumber() + 1;
        const std::vector<FrameBatchPtr> more = all.decode(*decoder, next, findings);
        batches.insert(batches.end(), more.begin(), more.end());
    }
    for (auto pass : state) {
        state.PauseTiming();
        auto cache = std::make_unique<FrameCache>();
        auto table = std::make_unique<FrameTableModel>(cache.get());
        state.ResumeTiming();
        for (const FrameBatchPtr& batch : batches) {
            const std::vector<FrameBatchPtr> arrived{batch};
            cache->append(arrived);
            table->takeArrivals(arrived);
        }
        state.PauseTiming();
        table.reset();
        cache.reset();
        state.ResumeTiming();
    }
    const quint64 passes = batches.size() * batchFrames / all.load.size();
    state.SetItemsProcessed(qint64(state.iterations()) * qint64(passes * all.load.size()));
    state.SetBytesProcessed(qint64(state.iterations()) * qint64(passes * all.load.payloadBytes()));
}

#endif

/// Keeps the medians, prints nothing.
class Medians : public benchmark::BenchmarkReporter
{
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs) {
            StageResult result;
            result.name = QByteArray::fromStdString(run.run_name.function_name);
            if (run.error_occurred) {
                result.problem = QByteArray::fromStdString(run.error_message);
                if (results.empty() || results.back().name != result.name)
                    results.push_back(result);
            } else if (run.aggregate_name == "median") {
                result.framesPerSecond = run.counters.at("items_per_second").value;
                result.bytesPerSecond = run.counters.at("bytes_per_second").value;
                results.push_back(result);
            }
        }
    }

    std::vector<StageResult> results;
};

double framesPerSecondOf(const std::vector<StageResult>& stages, const char* name)
{
    for (const StageResult& stage : stages) {
        if (stage.name == name)
            return stage.framesPerSecond;
    }
    return 0;
}

double nsOf(const std::vector<StageResult>& stages, const char* name)
{
    const double rate = framesPerSecondOf(stages, name);
    return rate > 0 ? 1e9 / rate : 0;
}

} // namespace

std::vector<StageResult> runStages(const std::string& which)
{
    const auto add = [](const char* name, auto run) {
        benchmark::RegisterBenchmark(name, run)
            ->UseRealTime()
            ->Repetitions(repetitions)
            ->ReportAggregatesOnly()
            ->MinTime(minimumSeconds);
    };
    add("UTF-16 to UTF-8", encodeUtf8);
    add("UTF-8 check", checkUtf8);
    add(hashStage, hash);
    add(parseStage, parse);
    add("schema validation", validate);
    add(chainStage, [](benchmark::State& state) { chain(state, LoadKind::UpdatesOnly); });
    add(faultyChainStage, [](benchmark::State& state) { chain(state, LoadKind::OneFault); });
    add("decode, mixed load", [](benchmark::State& state) { chain(state, LoadKind::Mixed); });
    add("audit chain, mixed load", auditChain);
#ifdef FRAMESCOPE_WITH_WINDOW
    add("append to the view", appendToView);
#endif
    Medians medians;
    benchmark::RunSpecifiedBenchmarks(&medians, which);
    return medians.results;
}

double decodeRatio(const std::vector<StageResult>& stages)
{
    const double least = nsOf(stages, parseStage) + nsOf(stages, hashStage);
    return least > 0 ? nsOf(stages, chainStage) / least : 0;
}

double findingNs(const std::vector<StageResult>& stages)
{
    return nsOf(stages, faultyChainStage) - nsOf(stages, chainStage);
}

} // namespace framescope::bench
