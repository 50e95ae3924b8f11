#pragma once
/// Which members of a message are personal, and the walk that overwrites them (DecoderOptions::maskPersonal).
///
/// Text becomes '*' byte for byte and digits of numbers '1', so that the message stays valid JSON of the same length
/// and every place in it stays what it was. Keys stay: they are the service's words. Member names are compared without
/// case.
///
/// - Text and numbers of: ani, dnis, *name (but see below), nameRaw, callerId, address*, *address, *addresses,
///   *phoneNumber, *numbers, email, mailFrom, to, from, cc, bcc, uuiData, subject, notes, wrapupNotes, comment*,
///   message, presenceMessage, body, text, textBody, content, previewText, phrase, transcript, decoratedTranscript,
///   word, uri and url.
/// - Everything below: attributes, participantData, customFields, messageParams.
/// - `name` is kept right below these, which name things that are set up and not people: queue, firstQueue, division,
///   skill(s), language, wrapup, wrapupCode, eventEntity, team, campaign, workflow. So are queueName, skillName,
///   divisionName, metricName, engineName, fieldName, columnName and topicName.
/// - A participant's `name` is masked also where it is that of a queue: what it is stands behind it in the message.
///
/// What such a list misses is not masked: where that matters, keep digests only (PayloadPolicy::DigestOnly). Text that
/// is not JSON has no members: all its letters and digits are masked. Binary messages are not searched.
/// Thread: one walk, one thread. Memory: a stack that is used again.
#include "core/frame/finding.h"

#include <QByteArrayView>
#include <array>
#include <vector>

namespace framescope {

class MaskedMembers
{
public:
    /// Overwrites what is personal in @p json, which the decoder has parsed, and appends where.
    void mask(char* json, std::size_t size, std::vector<ByteRange>& masked);
    /// Overwrites all letters, digits and bytes beyond ASCII of a text that is no JSON.
    static void maskText(char* text, std::size_t size, std::vector<ByteRange>& masked);

    /// What becomes of a member's value.
    enum class Treatment : quint8
    {
        Keep,
        Text,      ///< its text and numbers, also as items of a list
        All,       ///< everything below
        PlainNames ///< kept, and so is `name` right below it
    };
    [[nodiscard]] static Treatment treatmentOf(QByteArrayView name);

private:
    struct Level
    {
        bool isObject;
        Treatment treatment; ///< of the object or list itself
    };

    struct KnownName
    {
        quint64 hash = 0;
        Treatment treatment = Treatment::Keep;
    };

    [[nodiscard]] Treatment ofMember(QByteArrayView rawName);
    /// As treatmentOf(): a stream has few names, which come again and again.
    [[nodiscard]] Treatment known(QByteArrayView name);

    std::vector<Level> m_levels;
    std::array<KnownName, 1024> m_known; ///< by hash; seeded per process
};

} // namespace framescope
