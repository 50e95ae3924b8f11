#pragma once
// Messages as the direct stream sends them, and a bench that decodes them one by one.
#include "core/decode/batchfiller.h"
#include "core/decode/decoder.h"
#include "core/frame/findingcatalogue.h"

#include <QCryptographicHash>
#include <QString>

namespace framescope::test {

inline QByteArray update(int sequence, const QByteArray& id, const QByteArray& priority = "3")
{
    return R"({"id":")" + id + R"(","conversationId":"c-1","type":"interaction.update","version":3,"sequence":)" +
           QByteArray::number(sequence) +
           R"(,"timestamp":"2025-11-24T20:15:07.431Z","mediaType":"voice","direction":"inbound",)" +
           R"("state":"connected","queue":{"id":"q-0042","name":"Billing · Español"},"agent":{"id":"a-0007","name":"Zoë Müller"},)" +
           R"("participants":[{"id":"p-1","purpose":"customer","name":"Ana","state":"connected","address":"tel:+13175550123"}],)" +
           R"("routing":{"queueId":"q-0042","skills":["es"],"priority":)" + priority +
           R"(,"waitMs":1200},"attributes":{"k":"v"}})";
}

inline QByteArray mediaFrame(quint32 sequence, const QByteArray& samples, char codec = 0, char channels = 1)
{
    QByteArray header("TMED", 4);
    header += char(1);
    header += codec;
    header += channels;
    header += char(0);
    for (const int shift : {24, 16, 8, 0})
        header += char((sequence >> shift) & 0xFF);
    header += QByteArray(4, '\0');
    header += QCryptographicHash::hash(samples, QCryptographicHash::Sha256);
    return header + samples;
}

inline QByteArray matrixWith(const QByteArray& typeMembers, const QByteArray& kind = "text",
                             const QByteArray& match = R"({"pointer":"/type","equals":"t"})")
{
    return R"({"version":1,"types":[{"name":"t","kind":")" + kind + R"(","match":)" + match + typeMembers + "}]}";
}

/// One decoder, one batch, and words to ask about the last frame.
class Bench
{
public:
    explicit Bench(const DecoderOptions& options = {}, const QByteArray& matrixJson = {})
        : m_decoder(load(matrixJson), options)
    {
    }

    Bench& text(const QByteArray& utf8, quint16 connection = 0)
    {
        const QString utf16 = QString::fromUtf8(utf8);
        RawFrame frame = raw(Opcode::Text, connection);
        frame.text = utf16;
        batchfiller::append(frame, ++m_number, flags, batch);
        m_decoder.judge(batch);
        return *this;
    }
    Bench& bytes(const QByteArray& message, Opcode opcode = Opcode::Binary, quint16 connection = 0)
    {
        RawFrame frame = raw(opcode, connection);
        frame.bytes = message;
        batchfiller::append(frame, ++m_number, flags, batch);
        m_decoder.judge(batch);
        return *this;
    }
    Bench& gated(quint64 size)
    {
        batchfiller::appendWithoutPayload(raw(Opcode::Text, 0), size, ++m_number, flags, batch);
        m_decoder.judge(batch);
        return *this;
    }

    [[nodiscard]] const FrameHead& head() const { return batch.heads.back(); }
    [[nodiscard]] std::size_t last() const { return batch.size() - 1; }
    [[nodiscard]] const Finding& finding(std::size_t i = 0) const { return batch.findingsOf(last())[i]; }
    [[nodiscard]] QByteArray marked(std::size_t i = 0) const
    {
        return batch.rangeOf(last(), finding(i).range).toByteArray();
    }
    /// "SCHEMA-TYPE SIZE-LARGE"
    [[nodiscard]] QByteArray names() const
    {
        QByteArray text;
        for (const Finding& each : batch.findingsOf(last()))
            text += (text.isEmpty() ? "" : " ") + QByteArray(findingInfo(each.id).name);
        return text;
    }
    [[nodiscard]] QByteArray typeName()
    {
        batch.types = m_decoder.typeNames();
        return batch.typeNameOf(last()).toByteArray();
    }
    Decoder& decoder() { return m_decoder; }

    quint8 flags = 0; ///< that messages come with
    FrameBatch batch;

private:
    static PayloadMatrix load(const QByteArray& json)
    {
        const Expected<PayloadMatrix> matrix =
            json.isEmpty() ? PayloadMatrix::builtIn() : PayloadMatrix::fromJson(json, {});
        if (!matrix)
            qFatal("%s at %s", qPrintable(matrix.error().detail), qPrintable(matrix.error().place));
        return *matrix;
    }
    static RawFrame raw(Opcode opcode, quint16 connection)
    {
        RawFrame frame;
        frame.arrival = now();
        frame.opcode = opcode;
        frame.connection = connection;
        frame.attempt = 1;
        return frame;
    }

    Decoder m_decoder;
    quint64 m_number = 0;
};

} // namespace framescope::test
