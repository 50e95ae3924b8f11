// The payload type matrix: the built-in one loads, a user's own is read strictly, and an error says where and why.
#include "core/decode/payloadmatrix.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace framescope;

namespace {

QByteArray textType(const QByteArray& members)
{
    return R"({"name":"t","kind":"text","match":{"pointer":"/type","equals":"t"})" + members + "}";
}

QByteArray binaryType(const QByteArray& members)
{
    return R"({"name":"b","kind":"binary","match":{"offset":0,"hex":"0a"})" + members + "}";
}

QByteArray matrix(const QByteArray& types)
{
    return R"({"version":1,"types":[)" + types + "]}";
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void builtInHasTheThreeTypes();
    void refusesWithPlaceAndReason_data();
    void refusesWithPlaceAndReason();
    void readsAllForms();
    void readsSchemasBesideTheFile();
    void refusesSchemasOutsideTheFolder();
    void refusesTheTooLarge();
    void saysThatAFileIsMissing();
};

void TestMatrix::builtInHasTheThreeTypes()
{
    const Expected<PayloadMatrix> loaded = PayloadMatrix::builtIn();
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().detail + QLatin1Char('@') + loaded.error().place));
    QCOMPARE(loaded->typeNames(), (std::vector<QByteArray>{"interaction.update", "telephony.media", "keepalive"}));
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/resources/payload-matrix.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(loaded->sha256Hex(), QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
}

void TestMatrix::refusesWithPlaceAndReason_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("reason");
    const auto row = [](const QByteArray& json, const char* place, const char* reason) {
        QTest::addRow("%d bytes: %s %s", int(json.size()), place, reason)
            << json << QString::fromLatin1(place) << QString::fromLatin1(reason);
    };
    row("{", "0", "not JSON");
    row("[]", "", "must be an object");
    row("{\"version\":1}", "", "\"types\" is missing");
    row(R"({"version":2,"types":[]})", "/version", "must be 1");
    row(matrix(""), "/types", "must hold 1 to 256");
    row(R"({"version":1,"types":[],"extra":0})", "/extra", "unknown member \"extra\"");
    row(R"({"version":1,"version":1,"types":[]})", "/version", "twice");
    row(matrix("7"), "/types/0", "must be an object");
    row(matrix(R"({"name":"t"})"), "/types/0", "\"kind\" is missing");
    row(matrix(textType(R"(,"shema":true)")), "/types/0/shema", "unknown member");
    row(matrix(textType("") + "," + textType("")), "/types/1/name", "used by an earlier type");
    row(matrix(textType("") + "," + textType("").replace(R"("name":"t")", R"("name":"u")")), "/types/1/match",
        "already matches");
    row(matrix(textType("").replace("text", "texts")), "/types/0/kind", "\"text\" or \"binary\"");
    row(matrix(textType("").replace(R"("/type")", R"("type")")), "/types/0/match/pointer", "starts with '/'");
    row(matrix(textType("").replace(R"("/type")", R"("/ty~2pe")")), "/types/0/match/pointer", "'~'");
    row(matrix(binaryType("").replace("0a", "0g")), "/types/0/match/hex", "hexadecimal");
    row(matrix(binaryType("").replace("0a", "0")), "/types/0/match/hex", "hexadecimal");
    row(matrix(binaryType("").replace(":0,", ":-1,")), "/types/0/match/offset", "0 to 1048576");
    row(matrix(binaryType("").replace(":0,", ":99999999999,")), "/types/0/match/offset", "0 to 1048576");
    row(matrix(binaryType("").replace(":0,", ":1.5,")), "/types/0/match/offset", "whole number");
    row(matrix(binaryType(R"(,"schema":{})")), "/types/0/schema", "text types only");
    row(matrix(textType(R"(,"media":{})")), "/types/0/media", "binary types only");
    row(matrix(textType(R"(,"id":"/id")")), "/types/0/id", "must be an object");
    row(matrix(textType(R"(,"subject":["/a",3])")), "/types/0/subject/1", "must be a text");
    row(matrix(textType(R"(,"time":"/timestamp")")), "/types/0/time", "must be an object");
    row(matrix(textType(R"(,"time":{})")), "/types/0/time", "\"pointer\" is missing");
    row(matrix(textType(R"(,"time":{"pointer":"timestamp"})")), "/types/0/time/pointer", "starts with '/'");
    row(matrix(textType(R"(,"time":{"pointer":"/t","unit":"s"})")), "/types/0/time/unit", "unknown member");
    row(matrix(binaryType(R"(,"time":{"pointer":"/t"})")), "/types/0/time", "text types only");
    row(matrix(binaryType(R"(,"sequence":{"offset":1,"bytes":3})")), "/types/0/sequence/bytes", "1, 2, 4, 8");
    row(matrix(textType(R"(,"schema":{"type":"object","pattern":"("})")), "/types/0/schema#/pattern",
        "a group is not closed");
    row(matrix(textType(R"(,"schema":{"type":"object","$dynamicRef":"#x"})")), "/types/0/schema#/$dynamicRef",
        "\"$dynamicRef\" is not supported");
    row(matrix(textType(R"(,"schema":{},"formats":"yes")")), "/types/0/formats", "\"described\" or \"checked\"");
    row(matrix(textType(R"(,"formats":"checked")")), "/types/0/formats", "belongs to a type with a schema");
    row(matrix(textType(R"(,"schema":"none.json")")), "/types/0/schema", "schema file");
    const QByteArray sum = R"(,"checksum":{"algorithm":"sha256","expected":%1,"covers":%2})";
    const auto rule = [&sum](const char* expected, const char* covers) {
        return QByteArray(sum).replace("%1", expected).replace("%2", covers);
    };
    row(matrix(textType(rule(R"({"pointer":"/sum"})", R"("payload")"))), "/types/0/checksum/covers",
        "no sender can fulfil");
    row(matrix(textType(rule(R"({"pointer":"/b/sum"})", R"({"pointer":"/b"})"))), "/types/0/checksum/covers",
        "no sender can fulfil");
    row(matrix(binaryType(rule(R"({"offset":4,"length":32})", R"({"from":8})"))), "/types/0/checksum/covers",
        "no sender can fulfil");
    row(matrix(binaryType(rule(R"({"offset":4,"length":31})", R"({"from":48})"))), "/types/0/checksum/expected/length",
        "32, 64");
    row(matrix(textType(rule(R"({"list":["ab"]})", R"("payload")"))), "/types/0/checksum/expected/list/0", "32 bytes");
    row(matrix(textType(rule(R"({"list":[]})", R"("payload")"))), "/types/0/checksum/expected/list", "1 to");
    row(matrix(textType(rule(R"({"list":["ab"]})", R"("all")"))), "/types/0/checksum/expected/list/0", "32 bytes");
    row(matrix(textType(rule(R"({"pointer":"/sum"})", R"({"pointer":"/b"})").replace("sha256", "md5"))),
        "/types/0/checksum/algorithm", "sha256");
    const QByteArray media = R"(,"media":{"header":4,"codec":{"offset":1,"samples":{"0":1}},"channels":{"offset":2}})";
    row(matrix(binaryType(QByteArray(media).replace(R"("offset":2)", R"("offset":4)"))), "/types/0/media",
        "inside the header");
    row(matrix(binaryType(QByteArray(media).replace(R"("0":1)", R"("x":1)"))), "/types/0/media/codec/samples/x",
        "0 to 255");
    row(matrix(binaryType(QByteArray(media).replace(R"("0":1)", R"("0":0)"))), "/types/0/media/codec/samples/0",
        "1 to 64");
}

void TestMatrix::refusesWithPlaceAndReason()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    QFETCH(QString, reason);
    const QTemporaryDir folder;
    const Expected<PayloadMatrix> loaded = PayloadMatrix::fromJson(json, folder.path());
    QVERIFY(!loaded);
    QVERIFY2(loaded.error().detail.contains(reason), qPrintable(loaded.error().detail));
    QCOMPARE(loaded.error().place, place);
}

void TestMatrix::readsAllForms()
{
    const QByteArray json = matrix(
        textType(
            R"(,"description":"x","schema":{"type":"object"},"id":{"pointer":"/id"},"sequence":{"pointer":"/n"},"subject":["/a/b"],"time":{"pointer":"/at"},
                 "checksum":{"algorithm":"sha256","expected":{"pointer":"/sum"},"covers":{"pointer":"/body"}})") +
        "," +
        binaryType(
            R"(,"sequence":{"offset":1,"bytes":8},"checksum":{"algorithm":"sha256","expected":{"offset":9,"length":64},"covers":{"from":73}},
                 "media":{"header":73,"codec":{"offset":0,"samples":{"10":2}},"channels":{"offset":1,"allowed":[1]}})"));
    const Expected<PayloadMatrix> loaded = PayloadMatrix::fromJson(json, {});
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().detail + QLatin1Char('@') + loaded.error().place));
    QCOMPARE(loaded->typeNames(), (std::vector<QByteArray>{"t", "b"}));
}

void TestMatrix::readsSchemasBesideTheFile()
{
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkpath(QStringLiteral("schemas")));
    const QString path = folder.filePath(QStringLiteral("m.json"));
    write(folder.filePath(QStringLiteral("schemas/t.json")), R"({"type":"object"})");
    write(path, matrix(textType(R"(,"schema":"schemas/t.json")")));
    QVERIFY(PayloadMatrix::fromFile(path));
    write(folder.filePath(QStringLiteral("schemas/t.json")), R"({"properties":{"a":{"unevaluatedItems":{}}}})");
    const Expected<PayloadMatrix> refused = PayloadMatrix::fromFile(path);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unsupported);
    QCOMPARE(refused.error().place, path + QStringLiteral("#schemas/t.json#/properties/a/unevaluatedItems"));
}

void TestMatrix::refusesSchemasOutsideTheFolder()
{
    for (const char* name : {"/etc/passwd", "../x.json", "a/../../x.json"}) {
        const QByteArray json = matrix(textType(R"(,"schema":")" + QByteArray(name) + '"'));
        const Expected<PayloadMatrix> loaded = PayloadMatrix::fromJson(json, QStringLiteral("/tmp"));
        QVERIFY(!loaded);
        QVERIFY(loaded.error().detail.contains(QStringLiteral("beside the matrix")));
    }
}

void TestMatrix::refusesTheTooLarge()
{
    const Expected<PayloadMatrix> loaded =
        PayloadMatrix::fromJson(matrix(textType("")) + QByteArray(5 * 1024 * 1024, ' '), {});
    QVERIFY(!loaded);
    QVERIFY(loaded.error().detail.contains(QStringLiteral("4 MiB")));
}

void TestMatrix::saysThatAFileIsMissing()
{
    const QTemporaryDir folder;
    const Expected<PayloadMatrix> loaded = PayloadMatrix::fromFile(folder.filePath(QStringLiteral("none.json")));
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(TestMatrix)
#include "tst_matrix.moc"
